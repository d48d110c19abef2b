/* Seals one meter reading with suite M1, on libsodium. Usage: see ../README.md. Ends with 77 without AES instructions. */
#include "common.h"
#include <sodium.h>

#define SUITE_M1 2
#define KEY_BYTES 32
#define HASH_BYTES 32
#define TAG_BYTES 16
#define NONCE_BYTES 12

static const uint8_t KEM[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t HPKE[] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x02};

typedef struct {
  const void *bytes;
  size_t length;
} piece_t;

static void hmac(const uint8_t *key, size_t key_bytes, const piece_t *pieces, size_t count, uint8_t out[HASH_BYTES]) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key, key_bytes);
  for (size_t i = 0; i < count; i++) crypto_auth_hmacsha256_update(&state, pieces[i].bytes, pieces[i].length);
  crypto_auth_hmacsha256_final(&state, out);
}

/* LabeledExtract; a salt of 32 zero bytes when there is none. */
static void labeled_extract(const uint8_t *salt, const uint8_t *id, size_t id_bytes, const char *label,
                            const void *ikm, size_t ikm_bytes, uint8_t out[HASH_BYTES]) {
  static const uint8_t zeros[HASH_BYTES];
  piece_t pieces[] = {{"HPKE-v1", 7}, {id, id_bytes}, {label, strlen(label)}, {ikm, ikm_bytes}};
  hmac(salt ? salt : zeros, HASH_BYTES, pieces, 4, out);
}

/* LabeledExpand of at most 32 bytes: one block of HKDF-Expand. */
static void labeled_expand(const uint8_t prk[HASH_BYTES], const uint8_t *id, size_t id_bytes, const char *label,
                           const uint8_t *info, size_t info_bytes, size_t length, uint8_t *out) {
  uint8_t size[2] = {0, (uint8_t)length}, one = 1, block[HASH_BYTES];
  piece_t pieces[] = {{size, 2},           {"HPKE-v1", 7},     {id, id_bytes},
                      {label, strlen(label)}, {info, info_bytes}, {&one, 1}};
  hmac(prk, HASH_BYTES, pieces, 6, block);
  memcpy(out, block, length);
}

static void key_schedule(const uint8_t dh[KEY_BYTES], const uint8_t enc[KEY_BYTES], const uint8_t recipient[KEY_BYTES],
                         uint8_t key[KEY_BYTES], uint8_t nonce[NONCE_BYTES]) {
  static const char info[] = "SX-M1-seal-v1"; /* with its zero byte */
  uint8_t prk[HASH_BYTES], both[2 * KEY_BYTES], shared[HASH_BYTES], context[1 + 2 * HASH_BYTES], secret[HASH_BYTES];
  labeled_extract(NULL, KEM, sizeof KEM, "eae_prk", dh, KEY_BYTES, prk);
  memcpy(both, enc, KEY_BYTES);
  memcpy(both + KEY_BYTES, recipient, KEY_BYTES);
  labeled_expand(prk, KEM, sizeof KEM, "shared_secret", both, sizeof both, HASH_BYTES, shared);
  context[0] = 0;
  labeled_extract(NULL, HPKE, sizeof HPKE, "psk_id_hash", "", 0, context + 1);
  labeled_extract(NULL, HPKE, sizeof HPKE, "info_hash", info, sizeof info, context + 1 + HASH_BYTES);
  labeled_extract(shared, HPKE, sizeof HPKE, "secret", "", 0, secret);
  labeled_expand(secret, HPKE, sizeof HPKE, "key", context, sizeof context, KEY_BYTES, key);
  labeled_expand(secret, HPKE, sizeof HPKE, "base_nonce", context, sizeof context, NONCE_BYTES, nonce);
}

static void key_id(const uint8_t agreement[KEY_BYTES], const uint8_t signing[KEY_BYTES], uint8_t id[8]) {
  uint8_t input[9 + 1 + 2 * KEY_BYTES] = "SX-kid-v1", digest[HASH_BYTES];
  input[9] = SUITE_M1;
  memcpy(input + 10, agreement, KEY_BYTES);
  memcpy(input + 10 + KEY_BYTES, signing, KEY_BYTES);
  crypto_hash_sha256(digest, input, sizeof input);
  memcpy(id, digest, 8);
}

int main(int argc, char **argv) {
  if (argc != 9) fail("usage: see README.md");
  if (sodium_init() < 0) fail("libsodium does not start");
  if (!crypto_aead_aes256gcm_is_available()) return 77;

  uint8_t agreement_private[KEY_BYTES], agreement[KEY_BYTES], seed[KEY_BYTES], signing[KEY_BYTES];
  uint8_t signing_private[crypto_sign_SECRETKEYBYTES], recipient[KEY_BYTES], recipient_signing[KEY_BYTES];
  from_hex(argv[1], agreement_private, KEY_BYTES);
  from_hex(argv[2], seed, KEY_BYTES);
  from_hex(argv[3], recipient, KEY_BYTES);
  from_hex(argv[4], recipient_signing, KEY_BYTES);
  crypto_scalarmult_base(agreement, agreement_private);
  crypto_sign_seed_keypair(signing, signing_private, seed);
  const char *payload = argv[8];
  size_t payload_bytes = strlen(payload);
  if (payload_bytes > MAX_PAYLOAD_BYTES) fail("the payload is too long");

  header_t fields = {.suite = SUITE_M1,
                     .sequence = strtoull(argv[5], NULL, 10),
                     .sent_ms = strtoull(argv[6], NULL, 10),
                     .boot_id = (uint32_t)strtoul(argv[7], NULL, 10),
                     .body_bytes = (uint32_t)(KEY_BYTES + SIGNATURE_BYTES + payload_bytes + TAG_BYTES)};
  key_id(agreement, signing, fields.sender);
  key_id(recipient, recipient_signing, fields.recipient);
  uint8_t header[HEADER_BYTES];
  write_header(&fields, header);

  uint8_t plain[SIGNATURE_BYTES + MAX_PAYLOAD_BYTES], to_sign[8 + 2 * HASH_BYTES] = "SX1-sig";
  crypto_hash_sha256(to_sign + 8, header, HEADER_BYTES);
  crypto_hash_sha256(to_sign + 8 + HASH_BYTES, (const uint8_t *)payload, payload_bytes);
  crypto_sign_detached(plain, NULL, to_sign, sizeof to_sign, signing_private);
  memcpy(plain + SIGNATURE_BYTES, payload, payload_bytes);

  uint8_t ephemeral[KEY_BYTES], enc[KEY_BYTES], dh[KEY_BYTES], key[KEY_BYTES], nonce[NONCE_BYTES];
  randombytes_buf(ephemeral, KEY_BYTES);
  crypto_scalarmult_base(enc, ephemeral);
  if (crypto_scalarmult(dh, ephemeral, recipient) != 0) fail("the recipient's key is not usable");
  key_schedule(dh, enc, recipient, key, nonce);

  uint8_t sealed[sizeof plain + TAG_BYTES];
  unsigned long long sealed_bytes;
  crypto_aead_aes256gcm_encrypt(sealed, &sealed_bytes, plain, SIGNATURE_BYTES + payload_bytes, header, HEADER_BYTES,
                                NULL, nonce, key);
  print_hex(header, HEADER_BYTES);
  print_hex(enc, KEY_BYTES);
  print_hex(sealed, sealed_bytes);
  printf("\n");
  return 0;
}
