#include "json.h"

namespace gatehouse {

/** Where so many characters may be written; nullptr once it does not fit. Keeps one for the zero behind it all. */
char* JsonWriter::room(size_t characters) {
  if (!isSound_ || capacity_ - length_ <= characters) {
    isSound_ = false;
    return nullptr;
  }
  char* at = out_ + length_;
  length_ += characters;
  out_[length_] = '\0';
  return at;
}

JsonWriter& JsonWriter::raw(const char* text) {
  const size_t size = strlen(text);
  if (char* at = room(size)) memcpy(at, text, size);
  return *this;
}

JsonWriter& JsonWriter::string(const char* text) {
  raw("\"");
  for (; *text != '\0'; text++) {
    const unsigned char one = static_cast<unsigned char>(*text);
    char escaped[7] = {*text, '\0'};
    if (one == '"' || one == '\\') {
      escaped[0] = '\\';
      escaped[1] = *text;
    } else if (one < 0x20) {
      memcpy(escaped, "\\u00", 4);
      encodeHex({&one, 1}, escaped + 4);
    }
    raw(escaped);
  }
  return raw("\"");
}

JsonWriter& JsonWriter::base64url(Bytes bytes) {
  raw("\"");
  if (char* at = room(base64urlLength(bytes.length))) encodeBase64url(bytes, at);
  return raw("\"");
}

JsonWriter& JsonWriter::hex(Bytes bytes) {
  raw("\"");
  if (char* at = room(2 * bytes.length)) encodeHex(bytes, at);
  return raw("\"");
}

/** By hand: the printf of some boards knows no 64 bits. */
JsonWriter& JsonWriter::integer(int64_t value) {
  char digits[21] = {}, *at = digits + sizeof digits - 1;
  uint64_t left = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do *--at = static_cast<char>('0' + left % 10);
  while ((left /= 10) > 0);
  if (value < 0) *--at = '-';
  return raw(at);
}

}  // namespace gatehouse
