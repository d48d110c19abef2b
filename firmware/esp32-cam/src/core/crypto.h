/**
 * The cryptography of one suite (docs/channel.md, "Suites"). Two implementations: C1 on mbed TLS alone, M1 with
 * libsodium for X25519 and Ed25519. Nothing here keeps state but what a library needs for itself.
 */
#pragma once
#include "bytes.h"
#include "hash.h"

namespace gatehouse {

constexpr size_t PRIVATE_KEY_BYTES = 32;
constexpr size_t MAX_PUBLIC_KEY_BYTES = 33;
constexpr size_t SHARED_SECRET_BYTES = 32;
constexpr size_t SIGNATURE_BYTES = 64;
constexpr size_t KEY_ID_BYTES = 8;
constexpr size_t AEAD_KEY_BYTES = 32;
/** C1: padding of 16 and a tag of 32. */
constexpr size_t MAX_AEAD_OVERHEAD_BYTES = 48;

enum class SuiteId : uint8_t { C1 = 1, M1 = 2 };

/** Good randomness: keys are made of it. */
class Random {
 public:
  virtual ~Random() = default;
  virtual bool fill(uint8_t* out, size_t length) = 0;
};

/** One pair for agreement, one for signatures; never the same key. */
struct PublicBundle {
  uint8_t agreement[MAX_PUBLIC_KEY_BYTES] = {};
  uint8_t signing[MAX_PUBLIC_KEY_BYTES] = {};
  uint8_t keyId[KEY_ID_BYTES] = {};
};
struct KeyBundle {
  uint8_t agreementPrivate[PRIVATE_KEY_BYTES] = {};
  uint8_t signingPrivate[PRIVATE_KEY_BYTES] = {};
  PublicBundle pub;
};

enum class Purpose { AGREEMENT, SIGNATURE };

/** `use` and `n` of SEAL: a direction (0 in the handshake), its epoch, and a number that never repeats under a key. */
struct Place {
  uint8_t direction;
  uint16_t epoch;
  uint64_t number;
};

class Crypto {
 public:
  virtual ~Crypto() = default;
  virtual SuiteId suite() const = 0;
  /** Protocol name of the session's handshake. */
  virtual const char* noiseName() const = 0;
  virtual size_t publicKeyBytes() const = 0;
  /** How much longer than `plainBytes` SEAL makes it. */
  virtual size_t overhead(size_t plainBytes) const = 0;

  virtual bool generate(Purpose purpose, uint8_t* privateKey, uint8_t* publicKey) = 0;
  /** False for what is no key, or gives the same result to everybody. */
  virtual bool agree(const uint8_t* privateKey, const uint8_t* peer, uint8_t shared[SHARED_SECRET_BYTES]) = 0;
  virtual bool sign(const uint8_t* privateKey, Bytes message, uint8_t signature[SIGNATURE_BYTES]) = 0;
  virtual bool verify(const uint8_t* publicKey, Bytes message, const uint8_t signature[SIGNATURE_BYTES]) = 0;
  /** Ed25519, whatever the suite: the trust root's signature under a server key. */
  virtual bool verifyRoot(const uint8_t root[32], Bytes message, const uint8_t signature[SIGNATURE_BYTES]) = 0;

  /** In place: `buffer` has room for overhead(length) more. The new length; 0 when it could not. */
  virtual size_t seal(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, uint8_t* buffer, size_t length) = 0;
  /** To `out`, which has room for sealed.length and does not overlap it. False when it is not authentic. */
  virtual bool open(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, Bytes sealed, uint8_t* out,
                    size_t& length) = 0;

  /** Both pairs of a new bundle, with its key id. */
  bool generateBundle(KeyBundle& bundle);
  void fillKeyId(PublicBundle& bundle) const;
  Bytes agreementOf(const PublicBundle& bundle) const { return {bundle.agreement, publicKeyBytes()}; }
  Bytes signingOf(const PublicBundle& bundle) const { return {bundle.signing, publicKeyBytes()}; }
};

}  // namespace gatehouse
