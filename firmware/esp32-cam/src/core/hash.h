/** SHA-256, HMAC and HKDF of both suites, on mbed TLS 2.28 or 3: what every ESP32 has. */
#pragma once
#include "bytes.h"

namespace gatehouse {

constexpr size_t HASH_BYTES = 32;
constexpr size_t SHA1_BYTES = 20;
constexpr size_t SHA512_BYTES = 64;

void sha256(Pieces pieces, uint8_t out[HASH_BYTES]);

/** HMAC-SHA-256 (RFC 2104). */
void hmac(Bytes key, Pieces pieces, uint8_t out[HASH_BYTES]);

/** HKDF-SHA-256 (RFC 5869); an empty salt is 32 zero bytes. At most 255 · 32 bytes. */
void hkdf(Bytes ikm, Bytes salt, Pieces info, uint8_t* out, size_t length);

/** Of the WebSocket's opening (RFC 6455 §4.1), which protects nothing. */
void sha1(Bytes bytes, uint8_t out[SHA1_BYTES]);

/** Of Ed25519. */
void sha512(Bytes bytes, uint8_t out[SHA512_BYTES]);

}  // namespace gatehouse
