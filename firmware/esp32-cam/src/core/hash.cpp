#include "hash.h"

#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>
#include <mbedtls/version.h>

// mbed TLS 3 gave the functions that return an error the plain names.
#if MBEDTLS_VERSION_MAJOR < 3
#define SHA256_STARTS mbedtls_sha256_starts_ret
#define SHA256_UPDATE mbedtls_sha256_update_ret
#define SHA256_FINISH mbedtls_sha256_finish_ret
#define SHA1 mbedtls_sha1_ret
#define SHA512 mbedtls_sha512_ret
#else
#define SHA256_STARTS mbedtls_sha256_starts
#define SHA256_UPDATE mbedtls_sha256_update
#define SHA256_FINISH mbedtls_sha256_finish
#define SHA1 mbedtls_sha1
#define SHA512 mbedtls_sha512
#endif

namespace gatehouse {

static constexpr size_t BLOCK_BYTES = 64;

/** Software or hardware, SHA-256 fails only when it is told to hash in a wrong order. */
class Sha256 {
 public:
  Sha256() {
    mbedtls_sha256_init(&context_);
    (void)SHA256_STARTS(&context_, 0);
  }
  ~Sha256() { mbedtls_sha256_free(&context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(Bytes bytes) { (void)SHA256_UPDATE(&context_, bytes.data, bytes.length); }
  void update(Pieces pieces) {
    for (const Bytes& piece : pieces) update(piece);
  }
  void finish(uint8_t out[HASH_BYTES]) { (void)SHA256_FINISH(&context_, out); }

 private:
  mbedtls_sha256_context context_;
};

void sha256(Pieces pieces, uint8_t out[HASH_BYTES]) {
  Sha256 hash;
  hash.update(pieces);
  hash.finish(out);
}

/** HMAC-SHA-256 in pieces. */
class Hmac {
 public:
  explicit Hmac(Bytes key) {
    memset(padded_, 0, BLOCK_BYTES);
    if (key.length > BLOCK_BYTES)
      sha256({key}, padded_);
    else if (key.length > 0)
      memcpy(padded_, key.data, key.length);
    for (uint8_t& byte : padded_) byte ^= INNER;
    inside_.update(Bytes(padded_));
  }
  ~Hmac() { wipe(padded_, sizeof padded_); }

  void update(Pieces pieces) { inside_.update(pieces); }
  void finish(uint8_t out[HASH_BYTES]) {
    uint8_t inner[HASH_BYTES];
    inside_.finish(inner);
    for (uint8_t& byte : padded_) byte ^= INNER ^ OUTER;
    sha256({padded_, inner}, out);
    wipe(inner, sizeof inner);
  }

 private:
  static constexpr uint8_t INNER = 0x36;
  static constexpr uint8_t OUTER = 0x5c;
  uint8_t padded_[BLOCK_BYTES];
  Sha256 inside_;
};

void hmac(Bytes key, Pieces pieces, uint8_t out[HASH_BYTES]) {
  Hmac mac(key);
  mac.update(pieces);
  mac.finish(out);
}

void hkdf(Bytes ikm, Bytes salt, Pieces info, uint8_t* out, size_t length) {
  uint8_t prk[HASH_BYTES], block[HASH_BYTES];
  hmac(salt, {ikm}, prk);
  uint8_t counter = 0;
  for (size_t made = 0; made < length; made += HASH_BYTES) {
    Hmac mac(prk);
    if (counter > 0) mac.update({block});
    mac.update(info);
    counter++;
    mac.update({Bytes(&counter, 1)});
    mac.finish(block);
    const size_t left = length - made;
    memcpy(out + made, block, left < HASH_BYTES ? left : HASH_BYTES);
  }
  wipe(prk, sizeof prk);
  wipe(block, sizeof block);
}

void sha1(Bytes bytes, uint8_t out[SHA1_BYTES]) { (void)SHA1(bytes.data, bytes.length, out); }

void sha512(Bytes bytes, uint8_t out[SHA512_BYTES]) { (void)SHA512(bytes.data, bytes.length, out, 0); }

}  // namespace gatehouse
