/** What the console sets on the camera (docs/agent.md, "Settings from the server"), under the server's signature. */
#pragma once
#include "identity.h"

namespace gatehouse {

enum class FrameSize : uint8_t { QVGA, CIF, VGA, SVGA, XGA, HD, SXGA, UXGA };
enum class Flip : uint8_t { NONE, HORIZONTAL, VERTICAL, BOTH };

/** Names and bounds of packages/device-types/src/esp32-cam/settings.ts. */
struct Settings {
  FrameSize frameSize = FrameSize::VGA;
  /** As the sensor counts: 4 best, 63 worst. */
  uint8_t quality = 12;
  /** At most. */
  uint8_t framesPerSecond = 10;
  /** Brightness of the lamp while it is on. */
  uint8_t lampPercent = 50;
  Flip flip = Flip::NONE;
};

/** `given` over `settings`, which changes only when all of it is known and within its bounds. */
bool readSettings(const Json& given, Settings& settings);
void writeSettings(const Settings& settings, JsonWriter& out);

class SettingsKeeper {
 public:
  SettingsKeeper(Board& board, Crypto& crypto, const Identity& identity)
      : board_(board), crypto_(crypto), identity_(identity) {}

  /** What was kept, verified again, in force again; the defaults where nothing is. */
  void load();
  /** A control message of kind `settings`. Durable before it is in force; a refusal is told in the report. */
  void take(const Json& message);
  /** What the server is told, in each session and after each message. */
  void writeReport(JsonWriter& out) const;

  const Settings& settings() const { return settings_; }
  int64_t version() const { return version_; }

 private:
  static constexpr size_t MAX_DOCUMENT_BYTES = 1024;
  /** Server key ‖ signature ‖ document. */
  static constexpr size_t MAX_STORED_BYTES = SERVER_KEY_BYTES + SIGNATURE_BYTES + MAX_DOCUMENT_BYTES;

  const char* read(const ServerKey& key, const uint8_t* signature, Bytes document, int64_t& version, Settings& settings);
  const char* adopt(const Json& message);

  Board& board_;
  Crypto& crypto_;
  const Identity& identity_;
  Settings settings_;
  int64_t version_ = 0;
  /** Of the document in force. */
  uint8_t digest_[HASH_BYTES] = {};
  int64_t refusedVersion_ = 0;
  char refusedReason_[64] = {};
};

}  // namespace gatehouse
