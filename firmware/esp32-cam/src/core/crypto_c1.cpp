#include "crypto_c1.h"

#include <mbedtls/aes.h>
#include <mbedtls/ecdsa.h>

#include "ed25519_verify.h"
#include "mpi.h"

namespace gatehouse {

static constexpr size_t BLOCK_BYTES = 16;
static constexpr size_t TAG_BYTES = 32;
static constexpr size_t COORDINATE_BYTES = 32;

static int fillRandom(void* random, unsigned char* out, size_t length) {
  return static_cast<Random*>(random)->fill(out, length) ? 0 : -1;
}

namespace {
struct Point : mbedtls_ecp_point {
  Point() { mbedtls_ecp_point_init(this); }
  ~Point() { mbedtls_ecp_point_free(this); }
  Point(const Point&) = delete;
  Point& operator=(const Point&) = delete;
};

struct Aes : mbedtls_aes_context {
  Aes() { mbedtls_aes_init(this); }
  ~Aes() { mbedtls_aes_free(this); }
  Aes(const Aes&) = delete;
  Aes& operator=(const Aes&) = delete;
};

/** Three keys of one key of a session, with the IV and the lengths that its tag covers. */
struct CbcKeys {
  uint8_t encryption[32], mac[32], iv[BLOCK_BYTES];

  CbcKeys(const uint8_t key[AEAD_KEY_BYTES], Place place) {
    uint8_t keys[96], use[11], digest[HASH_BYTES];
    hkdf({key, AEAD_KEY_BYTES}, {}, {textBytes("SX-C1-aead-v1")}, keys, sizeof keys);
    memcpy(encryption, keys, 32);
    memcpy(mac, keys + 32, 32);
    use[0] = place.direction;
    putBig(use + 1, place.epoch, 2);
    putBig(use + 3, place.number, 8);
    hmac({keys + 64, 32}, {use}, digest);
    memcpy(iv, digest, BLOCK_BYTES);
    wipe(keys, sizeof keys);
  }
  ~CbcKeys() {
    wipe(encryption, sizeof encryption);
    wipe(mac, sizeof mac);
  }

  void tag(Bytes ad, Bytes ciphertext, uint8_t out[TAG_BYTES]) const {
    uint8_t lengths[16];
    putBig(lengths, 8 * static_cast<uint64_t>(ad.length), 8);
    putBig(lengths + 8, 8 * static_cast<uint64_t>(ciphertext.length), 8);
    hmac(mac, {ad, iv, ciphertext, lengths}, out);
  }
};
}  // namespace

CryptoC1::CryptoC1(Random& random) : random_(random) {
  mbedtls_ecp_group_init(&group_);
  (void)mbedtls_ecp_group_load(&group_, MBEDTLS_ECP_DP_SECP256K1);
}

CryptoC1::~CryptoC1() { mbedtls_ecp_group_free(&group_); }

size_t CryptoC1::overhead(size_t plainBytes) const { return BLOCK_BYTES - plainBytes % BLOCK_BYTES + TAG_BYTES; }

bool CryptoC1::multiply(mbedtls_ecp_point& product, const mbedtls_mpi& scalar, const mbedtls_ecp_point& point) {
  return mbedtls_ecp_mul(&group_, &product, &scalar, &point, fillRandom, &random_) == 0;
}

bool CryptoC1::derivePublic(const uint8_t* privateKey, uint8_t* publicKey) {
  Mpi scalar;
  Point point;
  size_t length;
  return scalar.read(privateKey, PRIVATE_KEY_BYTES) && multiply(point, scalar, group_.G) &&
         mbedtls_ecp_point_write_binary(&group_, &point, MBEDTLS_ECP_PF_COMPRESSED, &length, publicKey,
                                        publicKeyBytes()) == 0;
}

bool CryptoC1::generate(Purpose, uint8_t* privateKey, uint8_t* publicKey) {
  Mpi scalar;
  return mbedtls_ecp_gen_privkey(&group_, &scalar, fillRandom, &random_) == 0 &&
         scalar.write(privateKey, PRIVATE_KEY_BYTES) && derivePublic(privateKey, publicKey);
}

/** mbed TLS 2.28 writes compressed points and does not read them: y = (x³ + 7)^((p + 1) / 4). */
bool CryptoC1::readPoint(const uint8_t* compressed, mbedtls_ecp_point& point) {
  if (compressed[0] != 2 && compressed[0] != 3) return false;
  const mbedtls_mpi& p = group_.P;
  Mpi x, y, exponent;
  uint8_t raw[1 + 2 * COORDINATE_BYTES] = {4};
  const bool isRead =
      x.read(compressed + 1, COORDINATE_BYTES) && mbedtls_mpi_cmp_mpi(&x, &p) < 0 &&
      mbedtls_mpi_mul_mpi(&y, &x, &x) == 0 && mbedtls_mpi_mod_mpi(&y, &y, &p) == 0 &&
      mbedtls_mpi_mul_mpi(&y, &y, &x) == 0 && mbedtls_mpi_add_int(&y, &y, 7) == 0 &&
      mbedtls_mpi_mod_mpi(&y, &y, &p) == 0 && mbedtls_mpi_add_int(&exponent, &p, 1) == 0 &&
      mbedtls_mpi_shift_r(&exponent, 2) == 0 && mbedtls_mpi_exp_mod(&y, &y, &exponent, &p, nullptr) == 0;
  if (!isRead) return false;
  if (mbedtls_mpi_get_bit(&y, 0) != (compressed[0] & 1) && mbedtls_mpi_sub_mpi(&y, &p, &y) != 0) return false;
  return x.write(raw + 1, COORDINATE_BYTES) && y.write(raw + 1 + COORDINATE_BYTES, COORDINATE_BYTES) &&
         mbedtls_ecp_point_read_binary(&group_, &point, raw, sizeof raw) == 0 &&
         mbedtls_ecp_check_pubkey(&group_, &point) == 0;
}

bool CryptoC1::agree(const uint8_t* privateKey, const uint8_t* peer, uint8_t shared[SHARED_SECRET_BYTES]) {
  Mpi scalar;
  Point point, product;
  uint8_t raw[1 + 2 * COORDINATE_BYTES];
  size_t length;
  const bool isMade = scalar.read(privateKey, PRIVATE_KEY_BYTES) && readPoint(peer, point) &&
                      multiply(product, scalar, point) &&
                      mbedtls_ecp_point_write_binary(&group_, &product, MBEDTLS_ECP_PF_UNCOMPRESSED, &length, raw,
                                                     sizeof raw) == 0;
  if (isMade) memcpy(shared, raw + 1, SHARED_SECRET_BYTES);
  wipe(raw, sizeof raw);
  return isMade;
}

bool CryptoC1::sign(const uint8_t* privateKey, Bytes message, uint8_t signature[SIGNATURE_BYTES]) {
  uint8_t digest[HASH_BYTES];
  sha256({message}, digest);
  Mpi scalar, r, s, half;
  const bool isSigned = scalar.read(privateKey, PRIVATE_KEY_BYTES) &&
                        mbedtls_ecdsa_sign(&group_, &r, &s, &scalar, digest, HASH_BYTES, fillRandom, &random_) == 0 &&
                        mbedtls_mpi_copy(&half, &group_.N) == 0 && mbedtls_mpi_shift_r(&half, 1) == 0;
  if (!isSigned) return false;
  // Of s and n − s only the smaller is taken.
  if (mbedtls_mpi_cmp_mpi(&s, &half) > 0 && mbedtls_mpi_sub_mpi(&s, &group_.N, &s) != 0) return false;
  return r.write(signature, COORDINATE_BYTES) && s.write(signature + COORDINATE_BYTES, COORDINATE_BYTES);
}

bool CryptoC1::verify(const uint8_t* publicKey, Bytes message, const uint8_t signature[SIGNATURE_BYTES]) {
  uint8_t digest[HASH_BYTES];
  sha256({message}, digest);
  Mpi r, s, half;
  Point point;
  return readPoint(publicKey, point) && r.read(signature, COORDINATE_BYTES) &&
         s.read(signature + COORDINATE_BYTES, COORDINATE_BYTES) && mbedtls_mpi_copy(&half, &group_.N) == 0 &&
         mbedtls_mpi_shift_r(&half, 1) == 0 && mbedtls_mpi_cmp_mpi(&s, &half) <= 0 &&
         mbedtls_ecdsa_verify(&group_, digest, HASH_BYTES, &point, &r, &s) == 0;
}

bool CryptoC1::verifyRoot(const uint8_t root[32], Bytes message, const uint8_t signature[SIGNATURE_BYTES]) {
  return verifyEd25519(root, message, signature);
}

size_t encryptCbc(const uint8_t key[32], const uint8_t iv[16], uint8_t* buffer, size_t length) {
  const uint8_t pad = static_cast<uint8_t>(BLOCK_BYTES - length % BLOCK_BYTES);
  uint8_t chain[BLOCK_BYTES];
  memset(buffer + length, pad, pad);
  memcpy(chain, iv, BLOCK_BYTES);
  Aes aes;
  const bool isDone =
      mbedtls_aes_setkey_enc(&aes, key, 256) == 0 &&
      mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_ENCRYPT, length + pad, chain, buffer, buffer) == 0;
  return isDone ? length + pad : 0;
}

size_t CryptoC1::seal(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, uint8_t* buffer, size_t length) {
  const CbcKeys keys(key, place);
  const size_t cipherBytes = encryptCbc(keys.encryption, keys.iv, buffer, length);
  if (cipherBytes == 0) return 0;
  keys.tag(ad, {buffer, cipherBytes}, buffer + cipherBytes);
  return cipherBytes + TAG_BYTES;
}

bool CryptoC1::open(const uint8_t key[AEAD_KEY_BYTES], Place place, Bytes ad, Bytes sealed, uint8_t* out,
                    size_t& length) {
  if (sealed.length < BLOCK_BYTES + TAG_BYTES || sealed.length % BLOCK_BYTES != 0) return false;
  const Bytes ciphertext(sealed.data, sealed.length - TAG_BYTES);
  const CbcKeys keys(key, place);
  uint8_t expected[TAG_BYTES], chain[BLOCK_BYTES];
  keys.tag(ad, ciphertext, expected);
  // Before anything is decrypted: whoever decrypts first is a padding oracle.
  if (!equalInConstantTime(expected, sealed.data + ciphertext.length, TAG_BYTES)) return false;
  memcpy(chain, keys.iv, BLOCK_BYTES);
  Aes aes;
  if (mbedtls_aes_setkey_dec(&aes, keys.encryption, 256) != 0) return false;
  if (mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_DECRYPT, ciphertext.length, chain, ciphertext.data, out) != 0)
    return false;
  const uint8_t pad = out[ciphertext.length - 1];
  if (pad < 1 || pad > BLOCK_BYTES) return false;
  for (size_t at = ciphertext.length - pad; at < ciphertext.length; at++)
    if (out[at] != pad) return false;
  length = ciphertext.length - pad;
  return true;
}

}  // namespace gatehouse
