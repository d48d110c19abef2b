/* Seals one meter reading with suite C1, on mbed TLS 2.28 (what an ESP32 has). Usage: see ../README.md. */
#include "common.h"
#include <mbedtls/aes.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>

#define SUITE_C1 1
#define KEY_BYTES 32
#define POINT_BYTES 33
#define HASH_BYTES 32
#define IV_BYTES 16
#define BLOCK_BYTES 16

#define MUST(call) \
  if ((call) != 0) fail(#call)

static mbedtls_ecp_group group;
static mbedtls_ctr_drbg_context drbg;

static void sha256(const uint8_t *bytes, size_t length, uint8_t out[HASH_BYTES]) {
  MUST(mbedtls_sha256_ret(bytes, length, out, 0));
}

static void write_point(const mbedtls_ecp_point *point, uint8_t out[POINT_BYTES]) {
  size_t length;
  MUST(mbedtls_ecp_point_write_binary(&group, point, MBEDTLS_ECP_PF_COMPRESSED, &length, out, POINT_BYTES));
}

/* mbed TLS 2.28 writes compressed points and does not read them: y = (x^3 + 7)^((p + 1) / 4). */
static void read_point(const uint8_t in[POINT_BYTES], mbedtls_ecp_point *point) {
  mbedtls_mpi x, y, exponent;
  mbedtls_mpi_init(&x);
  mbedtls_mpi_init(&y);
  mbedtls_mpi_init(&exponent);
  MUST(mbedtls_mpi_read_binary(&x, in + 1, KEY_BYTES));
  MUST(mbedtls_mpi_mul_mpi(&y, &x, &x));
  MUST(mbedtls_mpi_mod_mpi(&y, &y, &group.P));
  MUST(mbedtls_mpi_mul_mpi(&y, &y, &x));
  MUST(mbedtls_mpi_add_int(&y, &y, 7));
  MUST(mbedtls_mpi_mod_mpi(&y, &y, &group.P));
  MUST(mbedtls_mpi_add_int(&exponent, &group.P, 1));
  MUST(mbedtls_mpi_shift_r(&exponent, 2));
  MUST(mbedtls_mpi_exp_mod(&y, &y, &exponent, &group.P, NULL));
  if (mbedtls_mpi_get_bit(&y, 0) != (in[0] & 1)) MUST(mbedtls_mpi_sub_mpi(&y, &group.P, &y));
  uint8_t raw[1 + 2 * KEY_BYTES] = {4};
  MUST(mbedtls_mpi_write_binary(&x, raw + 1, KEY_BYTES));
  MUST(mbedtls_mpi_write_binary(&y, raw + 1 + KEY_BYTES, KEY_BYTES));
  MUST(mbedtls_ecp_point_read_binary(&group, point, raw, sizeof raw));
  MUST(mbedtls_ecp_check_pubkey(&group, point));
  mbedtls_mpi_free(&x);
  mbedtls_mpi_free(&y);
  mbedtls_mpi_free(&exponent);
}

/* Compressed public point of a private key in hex; the key itself goes to `d`. */
static void read_private(const char *hex, mbedtls_mpi *d, uint8_t out[POINT_BYTES]) {
  uint8_t raw[KEY_BYTES];
  mbedtls_ecp_point point;
  mbedtls_ecp_point_init(&point);
  from_hex(hex, raw, KEY_BYTES);
  MUST(mbedtls_mpi_read_binary(d, raw, KEY_BYTES));
  MUST(mbedtls_ecp_mul(&group, &point, d, &group.G, mbedtls_ctr_drbg_random, &drbg));
  write_point(&point, out);
  mbedtls_ecp_point_free(&point);
}

static void key_id(const uint8_t agreement[POINT_BYTES], const uint8_t signing[POINT_BYTES], uint8_t id[8]) {
  uint8_t input[9 + 1 + 2 * POINT_BYTES] = "SX-kid-v1", digest[HASH_BYTES];
  input[9] = SUITE_C1;
  memcpy(input + 10, agreement, POINT_BYTES);
  memcpy(input + 10 + POINT_BYTES, signing, POINT_BYTES);
  sha256(input, sizeof input, digest);
  memcpy(id, digest, 8);
}

/* r ‖ s over SHA-256 of the message, s in the lower half. */
static void sign(const mbedtls_mpi *d, const uint8_t *message, size_t length, uint8_t out[SIGNATURE_BYTES]) {
  uint8_t digest[HASH_BYTES];
  mbedtls_mpi r, s, half;
  mbedtls_mpi_init(&r);
  mbedtls_mpi_init(&s);
  mbedtls_mpi_init(&half);
  sha256(message, length, digest);
  MUST(mbedtls_ecdsa_sign(&group, &r, &s, d, digest, HASH_BYTES, mbedtls_ctr_drbg_random, &drbg));
  MUST(mbedtls_mpi_copy(&half, &group.N));
  MUST(mbedtls_mpi_shift_r(&half, 1));
  if (mbedtls_mpi_cmp_mpi(&s, &half) > 0) MUST(mbedtls_mpi_sub_mpi(&s, &group.N, &s));
  MUST(mbedtls_mpi_write_binary(&r, out, KEY_BYTES));
  MUST(mbedtls_mpi_write_binary(&s, out + KEY_BYTES, KEY_BYTES));
  mbedtls_mpi_free(&r);
  mbedtls_mpi_free(&s);
  mbedtls_mpi_free(&half);
}

/* A fresh key pair e: its public point, and the x-coordinate of e times the recipient's point. */
static void agree(const uint8_t recipient[POINT_BYTES], uint8_t epk[POINT_BYTES], uint8_t x[KEY_BYTES]) {
  mbedtls_mpi e;
  mbedtls_ecp_point own, peer, shared;
  mbedtls_mpi_init(&e);
  mbedtls_ecp_point_init(&own);
  mbedtls_ecp_point_init(&peer);
  mbedtls_ecp_point_init(&shared);
  MUST(mbedtls_ecp_gen_keypair(&group, &e, &own, mbedtls_ctr_drbg_random, &drbg));
  write_point(&own, epk);
  read_point(recipient, &peer);
  MUST(mbedtls_ecp_mul(&group, &shared, &e, &peer, mbedtls_ctr_drbg_random, &drbg));
  MUST(mbedtls_mpi_write_binary(&shared.X, x, KEY_BYTES));
  mbedtls_mpi_free(&e);
  mbedtls_ecp_point_free(&own);
  mbedtls_ecp_point_free(&peer);
  mbedtls_ecp_point_free(&shared);
}

/* 64 bytes: encryption key, then MAC key. */
static void derive(const uint8_t x[KEY_BYTES], const uint8_t epk[POINT_BYTES], const uint8_t recipient[POINT_BYTES],
                   const uint8_t header[HEADER_BYTES], uint8_t keys[2 * KEY_BYTES]) {
  uint8_t salt[HASH_BYTES], info[14 + 2 * POINT_BYTES + HEADER_BYTES] = "SX-C1-seal-v1";
  sha256((const uint8_t *)"SX-C1-salt-v1", 13, salt);
  memcpy(info + 14, epk, POINT_BYTES);
  memcpy(info + 14 + POINT_BYTES, recipient, POINT_BYTES);
  memcpy(info + 14 + 2 * POINT_BYTES, header, HEADER_BYTES);
  const mbedtls_md_info_t *hash = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  MUST(mbedtls_hkdf(hash, salt, HASH_BYTES, x, KEY_BYTES, info, sizeof info, keys, 2 * KEY_BYTES));
}

/* PKCS#7 in place, then CBC; the IV is not changed. Returns the length of the ciphertext. */
static size_t encrypt(const uint8_t key[KEY_BYTES], const uint8_t iv[IV_BYTES], uint8_t *bytes, size_t length) {
  uint8_t pad = (uint8_t)(BLOCK_BYTES - length % BLOCK_BYTES), chain[IV_BYTES];
  memset(bytes + length, pad, pad);
  memcpy(chain, iv, IV_BYTES);
  mbedtls_aes_context aes;
  mbedtls_aes_init(&aes);
  MUST(mbedtls_aes_setkey_enc(&aes, key, 256));
  MUST(mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_ENCRYPT, length + pad, chain, bytes, bytes));
  mbedtls_aes_free(&aes);
  return length + pad;
}

int main(int argc, char **argv) {
  if (argc != 9) fail("usage: see README.md");
  mbedtls_entropy_context entropy;
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&drbg);
  MUST(mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0));
  mbedtls_ecp_group_init(&group);
  MUST(mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256K1));

  mbedtls_mpi agreement_private, signing_private;
  mbedtls_mpi_init(&agreement_private);
  mbedtls_mpi_init(&signing_private);
  uint8_t agreement[POINT_BYTES], signing[POINT_BYTES], recipient[POINT_BYTES], recipient_signing[POINT_BYTES];
  read_private(argv[1], &agreement_private, agreement);
  read_private(argv[2], &signing_private, signing);
  from_hex(argv[3], recipient, POINT_BYTES);
  from_hex(argv[4], recipient_signing, POINT_BYTES);
  const char *payload = argv[8];
  size_t payload_bytes = strlen(payload);
  if (payload_bytes > MAX_PAYLOAD_BYTES) fail("the payload is too long");

  size_t plain_bytes = SIGNATURE_BYTES + payload_bytes;
  size_t cipher_bytes = BLOCK_BYTES * (plain_bytes / BLOCK_BYTES + 1);
  header_t fields = {.suite = SUITE_C1,
                     .sequence = strtoull(argv[5], NULL, 10),
                     .sent_ms = strtoull(argv[6], NULL, 10),
                     .boot_id = (uint32_t)strtoul(argv[7], NULL, 10),
                     .body_bytes = (uint32_t)(POINT_BYTES + IV_BYTES + cipher_bytes + HASH_BYTES)};
  key_id(agreement, signing, fields.sender);
  key_id(recipient, recipient_signing, fields.recipient);

  /* header ‖ epk ‖ IV ‖ ciphertext ‖ lengths lie in a row: they are what the tag covers. */
  static uint8_t message[HEADER_BYTES + POINT_BYTES + IV_BYTES + SIGNATURE_BYTES + MAX_PAYLOAD_BYTES + BLOCK_BYTES + 16];
  uint8_t *header = message, *epk = header + HEADER_BYTES, *iv = epk + POINT_BYTES, *body = iv + IV_BYTES;
  write_header(&fields, header);

  uint8_t to_sign[8 + 2 * HASH_BYTES] = "SX1-sig";
  sha256(header, HEADER_BYTES, to_sign + 8);
  sha256((const uint8_t *)payload, payload_bytes, to_sign + 8 + HASH_BYTES);
  sign(&signing_private, to_sign, sizeof to_sign, body);
  memcpy(body + SIGNATURE_BYTES, payload, payload_bytes);

  uint8_t x[KEY_BYTES], keys[2 * KEY_BYTES], tag[HASH_BYTES];
  agree(recipient, epk, x);
  MUST(mbedtls_ctr_drbg_random(&drbg, iv, IV_BYTES));
  derive(x, epk, recipient, header, keys);
  if (encrypt(keys, iv, body, plain_bytes) != cipher_bytes) fail("the length of the ciphertext");
  put(body + cipher_bytes, 8 * (HEADER_BYTES + POINT_BYTES), 8);
  put(body + cipher_bytes + 8, 8 * cipher_bytes, 8);
  size_t before_tag = (size_t)(body - message) + cipher_bytes;
  const mbedtls_md_info_t *hash = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  MUST(mbedtls_md_hmac(hash, keys + KEY_BYTES, KEY_BYTES, message, before_tag + 16, tag));

  print_hex(message, before_tag);
  print_hex(tag, HASH_BYTES);
  printf("\n");
  return 0;
}
