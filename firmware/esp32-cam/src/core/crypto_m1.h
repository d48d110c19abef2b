/**
 * Suite M1: X25519 and Ed25519 of libsodium, AES-256-GCM of mbed TLS (libsodium has it for x86 and ARM alone, an ESP32
 * does it in hardware). Only where libsodium is installed.
 */
#pragma once
#if __has_include(<sodium.h>)
#define GATEHOUSE_HAS_M1 1
#include "crypto.h"

namespace gatehouse {

class CryptoM1 : public Crypto {
 public:
  explicit CryptoM1(Random& random) : random_(random) {}

  SuiteId suite() const override { return SuiteId::M1; }
  const char* noiseName() const override { return "Noise_IK_25519_AESGCM_SHA256"; }
  size_t publicKeyBytes() const override { return 32; }
  size_t overhead(size_t) const override { return 16; }

  bool generate(Purpose purpose, uint8_t* privateKey, uint8_t* publicKey) override;
  bool agree(const uint8_t* privateKey, const uint8_t* peer, uint8_t shared[SHARED_SECRET_BYTES]) override;
  bool sign(const uint8_t* privateKey, Bytes message, uint8_t signature[SIGNATURE_BYTES]) override;
  bool verify(const uint8_t* publicKey, Bytes message, const uint8_t signature[SIGNATURE_BYTES]) override;
  bool verifyRoot(const uint8_t root[32], Bytes message, const uint8_t signature[SIGNATURE_BYTES]) override;
  size_t seal(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, uint8_t* buffer, size_t length) override;
  bool open(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, Bytes sealed, uint8_t* out,
            size_t& length) override;

 private:
  Random& random_;
};

/** The public key of a private one. */
void derivePublicM1(Purpose purpose, const uint8_t* privateKey, uint8_t* publicKey);

/** AES-256-GCM in place, with a tag of 16 behind. */
bool encryptGcm(const uint8_t key[32], const uint8_t nonce[12], Bytes ad, uint8_t* buffer, size_t length);

}  // namespace gatehouse
#endif
