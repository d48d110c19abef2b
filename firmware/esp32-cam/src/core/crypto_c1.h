/** Suite C1 on mbed TLS alone: secp256k1, AES-256-CBC, HMAC-SHA-256. */
#pragma once
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>

#include "crypto.h"

namespace gatehouse {

class CryptoC1 : public Crypto {
 public:
  explicit CryptoC1(Random& random);
  ~CryptoC1() override;
  CryptoC1(const CryptoC1&) = delete;
  CryptoC1& operator=(const CryptoC1&) = delete;

  SuiteId suite() const override { return SuiteId::C1; }
  const char* noiseName() const override { return "Noise_IK_secp256k1_AESCBCHMAC_SHA256"; }
  size_t publicKeyBytes() const override { return 33; }
  size_t overhead(size_t plainBytes) const override;

  bool generate(Purpose purpose, uint8_t* privateKey, uint8_t* publicKey) override;
  bool agree(const uint8_t* privateKey, const uint8_t* peer, uint8_t shared[SHARED_SECRET_BYTES]) override;
  bool sign(const uint8_t* privateKey, Bytes message, uint8_t signature[SIGNATURE_BYTES]) override;
  bool verify(const uint8_t* publicKey, Bytes message, const uint8_t signature[SIGNATURE_BYTES]) override;
  bool verifyRoot(const uint8_t root[32], Bytes message, const uint8_t signature[SIGNATURE_BYTES]) override;
  size_t seal(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, uint8_t* buffer, size_t length) override;
  bool open(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, Bytes sealed, uint8_t* out,
            size_t& length) override;

  /** The public key of a private one. */
  bool derivePublic(const uint8_t* privateKey, uint8_t* publicKey);

 private:
  bool readPoint(const uint8_t* compressed, mbedtls_ecp_point& point);
  bool multiply(mbedtls_ecp_point& product, const mbedtls_mpi& scalar, const mbedtls_ecp_point& point);

  Random& random_;
  mbedtls_ecp_group group_;
};

/** PKCS#7 in place, then AES-256-CBC; `buffer` has room for 16 more. The length of the ciphertext, 0 when it failed. */
size_t encryptCbc(const uint8_t key[32], const uint8_t iv[16], uint8_t* buffer, size_t length);

}  // namespace gatehouse
