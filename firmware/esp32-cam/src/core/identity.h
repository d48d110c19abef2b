/** Who this device is and whom it believes: what an enrolment leaves behind. */
#pragma once
#include "board.h"

namespace gatehouse {

constexpr size_t MAX_CA_BYTES = 3 * 1024;
constexpr size_t MAX_IDENTITY_BYTES = MAX_CA_BYTES + 1024;

/** A server's bundle under the trust root's signature. */
struct ServerKey {
  PublicBundle bundle;
  uint64_t notBeforeMs = 0;
  uint64_t notAfterMs = 0;
  uint8_t signature[SIGNATURE_BYTES] = {};
};

struct Identity {
  SuiteId suite = SuiteId::C1;
  Address address = {};
  char deviceId[37] = {};
  /** What a person compares with the console's. */
  char words[40] = {};
  KeyBundle keys;
  uint8_t root[32] = {};
  ServerKey current, next;
  /** Empty where the server's certificate is somebody else's, or there is no TLS. */
  char caPem[MAX_CA_BYTES] = {};

  const char* ca() const { return caPem[0] == '\0' ? nullptr : caPem; }
};

/** Whether the root signed exactly this key. */
bool verifyServerKey(Crypto& crypto, const uint8_t root[32], const ServerKey& key);
/** A key as it travels in JSON; false unless it is of our suite and the root signed it. */
bool readServerKey(Crypto& crypto, const uint8_t root[32], const Json& json, ServerKey& key);

/** The bytes to keep, with a checksum; 0 when they do not fit. */
size_t encodeIdentity(const Identity& identity, uint8_t* out, size_t capacity);
bool decodeIdentity(Bytes bytes, Identity& identity);

/** As encodeIdentity writes it, for what else is kept under a server's signature. */
constexpr size_t SERVER_KEY_BYTES = 2 * MAX_PUBLIC_KEY_BYTES + KEY_ID_BYTES + 16 + SIGNATURE_BYTES;
void encodeServerKey(const ServerKey& key, uint8_t out[SERVER_KEY_BYTES]);
void decodeServerKey(const uint8_t in[SERVER_KEY_BYTES], ServerKey& key);

}  // namespace gatehouse
