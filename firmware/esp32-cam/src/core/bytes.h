/** Bytes, numbers and their spellings: big-endian, hex, base64url without padding (RFC 4648 §5). No heap. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <initializer_list>

namespace gatehouse {

/** Somebody else's bytes, looked at. */
struct Bytes {
  const uint8_t* data;
  size_t length;

  constexpr Bytes() : data(nullptr), length(0) {}
  constexpr Bytes(const uint8_t* bytes, size_t count) : data(bytes), length(count) {}
  template <size_t N>
  constexpr Bytes(const uint8_t (&array)[N]) : data(array), length(N) {}
};

/** Hashed or authenticated one after the other. */
using Pieces = std::initializer_list<Bytes>;

inline Bytes textBytes(const char* text) { return {reinterpret_cast<const uint8_t*>(text), strlen(text)}; }

/** A literal with its zero byte, which ends every label of docs/channel.md that is written with `\0`. */
template <size_t N>
Bytes label(const char (&literal)[N]) {
  return {reinterpret_cast<const uint8_t*>(literal), N};
}

inline void putBig(uint8_t* at, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; i--, value >>= 8) at[i] = static_cast<uint8_t>(value);
}

inline uint64_t getBig(const uint8_t* at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
  return value;
}

bool equalInConstantTime(const uint8_t* one, const uint8_t* other, size_t length);

/** Overwrites secrets; not optimised away. */
void wipe(void* bytes, size_t length);

/** Characters of base64url for so many bytes, without a terminating zero. */
constexpr size_t base64urlLength(size_t bytes) { return (bytes * 4 + 2) / 3; }

/** Writes base64urlLength(bytes.length) characters, and no zero. */
void encodeBase64url(Bytes bytes, char* out);
/** False when it is none, or does not fit. */
bool decodeBase64url(const char* text, size_t length, uint8_t* out, size_t capacity, size_t& decoded);

/** Writes two characters a byte, and no zero. */
void encodeHex(Bytes bytes, char* out);
/** Exactly `bytes` bytes from lower-case or upper-case digits. */
bool decodeHex(const char* text, size_t length, uint8_t* out, size_t bytes);

}  // namespace gatehouse
