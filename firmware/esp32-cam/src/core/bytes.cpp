#include "bytes.h"

namespace gatehouse {

static const char BASE64URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool equalInConstantTime(const uint8_t* one, const uint8_t* other, size_t length) {
  volatile uint8_t difference = 0;
  for (size_t at = 0; at < length; at++) difference = difference | (one[at] ^ other[at]);
  return difference == 0;
}

void wipe(void* bytes, size_t length) {
  volatile uint8_t* at = static_cast<volatile uint8_t*>(bytes);
  while (length-- > 0) *at++ = 0;
}

void encodeBase64url(Bytes bytes, char* out) {
  uint32_t bits = 0;
  int held = 0;
  for (size_t at = 0; at < bytes.length; at++) {
    bits = bits << 8 | bytes.data[at];
    for (held += 8; held >= 6; held -= 6) *out++ = BASE64URL[bits >> (held - 6) & 63];
  }
  if (held > 0) *out = BASE64URL[bits << (6 - held) & 63];
}

static int valueOf(char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  return digit == '-' ? 62 : digit == '_' ? 63 : -1;
}

bool decodeBase64url(const char* text, size_t length, uint8_t* out, size_t capacity, size_t& decoded) {
  decoded = 0;
  if (length % 4 == 1) return false;
  uint32_t bits = 0;
  int held = 0;
  for (size_t at = 0; at < length; at++) {
    const int value = valueOf(text[at]);
    if (value < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (decoded == capacity) return false;
    out[decoded++] = static_cast<uint8_t>(bits >> held);
  }
  // What is left over of the last digit belongs to no byte: one spelling for every value.
  return (bits & ((1u << held) - 1)) == 0;
}

void encodeHex(Bytes bytes, char* out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t at = 0; at < bytes.length; at++) {
    *out++ = digits[bytes.data[at] >> 4];
    *out++ = digits[bytes.data[at] & 15];
  }
}

static int hexValueOf(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool decodeHex(const char* text, size_t length, uint8_t* out, size_t bytes) {
  if (length != 2 * bytes) return false;
  for (size_t at = 0; at < bytes; at++) {
    const int high = hexValueOf(text[2 * at]);
    const int low = hexValueOf(text[2 * at + 1]);
    if (high < 0 || low < 0) return false;
    out[at] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

}  // namespace gatehouse
