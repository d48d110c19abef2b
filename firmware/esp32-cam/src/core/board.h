/** What the core needs of the machine it runs on: a board with a camera, or a host with neither. */
#pragma once
#include "crypto.h"
#include "json.h"

namespace gatehouse {

struct Settings;

struct Address {
  char host[128];
  uint16_t port;
  bool isTls;
};

/** `http://host[:port]` or `https://…`, without user, path or query. */
bool parseAddress(const char* url, Address& address);

/** One connection at a time, with TLS where the address says so. */
class Transport {
 public:
  virtual ~Transport() = default;
  /** `caPem` vouches for the far side; nullptr while nobody is known yet, at an enrolment. */
  virtual bool open(const Address& address, const char* caPem) = 0;
  /** What has come: 0 when nothing has, −1 when the connection is over. Does not wait. */
  virtual int read(uint8_t* out, size_t capacity) = 0;
  /** All of it, or false: then the connection is of no more use. Waits for as long as it sees fit, and no longer. */
  virtual bool write(const uint8_t* bytes, size_t length) = 0;
  virtual void close() = 0;
};

/** Places in durable memory. */
enum class Slot { IDENTITY, SETTINGS };

class Board : public Random {
 public:
  /** Since the start; never goes back. */
  virtual uint64_t monotonicMs() = 0;
  /** Called again and again, also while the core waits for the network: feeds the watchdog, lets others run. */
  virtual void idle() = 0;

  /** On disk or in flash before it returns true. */
  virtual bool save(Slot slot, Bytes bytes) = 0;
  /** How many bytes there are; 0 when there are none or more than `capacity`. */
  virtual size_t load(Slot slot, uint8_t* out, size_t capacity) = 0;

  /** Whether this board can do what the settings say, which are within their bounds. */
  virtual bool canApply(const Settings& settings) = 0;
  virtual void apply(const Settings& settings) = 0;
  /**
   * Obeys a command; nullptr when it did, else why not. The answer is sent after it returns: what ends the program
   * has to wait a moment.
   */
  virtual const char* command(const char* name, const Json& params) = 0;
  /** A session is live. */
  virtual void connected() {}
  /** For the serial line. `detail` may be nullptr; nothing secret comes here. */
  virtual void log(const char* event, const char* detail) = 0;

  /**
   * A control message of kind `update` came: the signed manifest of a firmware, which whoever overrides this has to
   * verify before anything is fetched. A board that does not override it is never updated over the air.
   */
  virtual void updateOffered(const Json& message) { (void)message; }
};

}  // namespace gatehouse
