#include "crypto_m1.h"

#ifdef GATEHOUSE_HAS_M1
#include <mbedtls/gcm.h>
#include <sodium.h>

namespace gatehouse {

static constexpr size_t TAG_BYTES = 16;
static constexpr size_t NONCE_BYTES = 12;

namespace {
struct Gcm : mbedtls_gcm_context {
  explicit Gcm(const uint8_t key[32]) {
    mbedtls_gcm_init(this);
    isReady = mbedtls_gcm_setkey(this, MBEDTLS_CIPHER_ID_AES, key, 256) == 0;
  }
  ~Gcm() { mbedtls_gcm_free(this); }
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;
  bool isReady;
};

/** A seed and its public key, as libsodium keeps them; wiped. */
struct SigningKey {
  uint8_t secret[crypto_sign_SECRETKEYBYTES], pub[crypto_sign_PUBLICKEYBYTES];
  explicit SigningKey(const uint8_t* seed) { crypto_sign_seed_keypair(pub, secret, seed); }
  ~SigningKey() { wipe(secret, sizeof secret); }
};
}  // namespace

static void writeNonce(Place place, uint8_t nonce[NONCE_BYTES]) {
  putBig(nonce, 0, 4);
  putBig(nonce + 4, place.number, 8);
}

void derivePublicM1(Purpose purpose, const uint8_t* privateKey, uint8_t* publicKey) {
  if (purpose == Purpose::SIGNATURE)
    memcpy(publicKey, SigningKey(privateKey).pub, crypto_sign_PUBLICKEYBYTES);
  else
    crypto_scalarmult_base(publicKey, privateKey);
}

bool CryptoM1::generate(Purpose purpose, uint8_t* privateKey, uint8_t* publicKey) {
  if (!random_.fill(privateKey, PRIVATE_KEY_BYTES)) return false;
  derivePublicM1(purpose, privateKey, publicKey);
  return true;
}

bool CryptoM1::agree(const uint8_t* privateKey, const uint8_t* peer, uint8_t shared[SHARED_SECRET_BYTES]) {
  // Refuses points of small order, whose result is 32 zero bytes.
  return crypto_scalarmult(shared, privateKey, peer) == 0;
}

bool CryptoM1::sign(const uint8_t* privateKey, Bytes message, uint8_t signature[SIGNATURE_BYTES]) {
  const SigningKey key(privateKey);
  return crypto_sign_detached(signature, nullptr, message.data, message.length, key.secret) == 0;
}

bool CryptoM1::verify(const uint8_t* publicKey, Bytes message, const uint8_t signature[SIGNATURE_BYTES]) {
  return crypto_sign_verify_detached(signature, message.data, message.length, publicKey) == 0;
}

bool CryptoM1::verifyRoot(const uint8_t root[32], Bytes message, const uint8_t signature[SIGNATURE_BYTES]) {
  return verify(root, message, signature);
}

bool encryptGcm(const uint8_t key[32], const uint8_t nonce[12], Bytes ad, uint8_t* buffer, size_t length) {
  Gcm gcm(key);
  return gcm.isReady && mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, length, nonce, NONCE_BYTES, ad.data,
                                                  ad.length, buffer, buffer, TAG_BYTES, buffer + length) == 0;
}

size_t CryptoM1::seal(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, uint8_t* buffer, size_t length) {
  uint8_t nonce[NONCE_BYTES];
  writeNonce(place, nonce);
  return encryptGcm(key, nonce, ad, buffer, length) ? length + TAG_BYTES : 0;
}

bool CryptoM1::open(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, Bytes sealed, uint8_t* out,
                    size_t& length) {
  if (sealed.length < TAG_BYTES) return false;
  uint8_t nonce[NONCE_BYTES];
  writeNonce(place, nonce);
  Gcm gcm(key);
  length = sealed.length - TAG_BYTES;
  return gcm.isReady && mbedtls_gcm_auth_decrypt(&gcm, length, nonce, NONCE_BYTES, ad.data, ad.length,
                                                 sealed.data + length, TAG_BYTES, sealed.data, out) == 0;
}

}  // namespace gatehouse
#endif
