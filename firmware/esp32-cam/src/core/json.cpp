#include "json.h"

namespace gatehouse {

static constexpr int MAX_DEPTH = 8;

namespace {
/** Steps over one value; `at` stands behind it when it is well-formed. */
class Walk {
 public:
  Walk(const char* text, size_t length) : text_(text), length_(length) {}

  void space() {
    while (at < length_ && (text_[at] == ' ' || text_[at] == '\t' || text_[at] == '\n' || text_[at] == '\r')) at++;
  }

  bool value(int depth) {
    if (depth > MAX_DEPTH || at >= length_) return false;
    switch (text_[at]) {
      case '{':
        return list('}', depth, true);
      case '[':
        return list(']', depth, false);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool string() {
    if (!take('"')) return false;
    while (at < length_) {
      const unsigned char one = static_cast<unsigned char>(text_[at++]);
      if (one == '"') return true;
      if (one < 0x20 || (one == '\\' && !escape())) return false;
    }
    return false;
  }

  bool take(char expected) {
    if (at >= length_ || text_[at] != expected) return false;
    at++;
    return true;
  }

  size_t at = 0;

 private:
  bool list(char end, int depth, bool isNamed) {
    at++;
    space();
    if (take(end)) return true;
    do {
      space();
      if (isNamed) {
        if (!string()) return false;
        space();
        if (!take(':')) return false;
        space();
      }
      if (!value(depth + 1)) return false;
      space();
    } while (take(','));
    return take(end);
  }

  bool escape() {
    if (at >= length_) return false;
    const char one = text_[at++];
    if (one != 'u') return strchr("\"\\/bfnrt", one) != nullptr && one != '\0';
    for (int digit = 0; digit < 4; digit++, at++) {
      if (at >= length_) return false;
      const char hex = text_[at];
      if (!isDigit(hex) && !(hex >= 'a' && hex <= 'f') && !(hex >= 'A' && hex <= 'F')) return false;
    }
    return true;
  }

  bool word(const char* expected) {
    const size_t size = strlen(expected);
    if (length_ - at < size || memcmp(text_ + at, expected, size) != 0) return false;
    at += size;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool digits() {
    const size_t before = at;
    while (at < length_ && isDigit(text_[at])) at++;
    return at > before;
  }

  static bool isDigit(char one) { return one >= '0' && one <= '9'; }

  const char* text_;
  size_t length_;
};
}  // namespace

Json Json::parse(const char* text, size_t length) {
  Walk walk(text, length);
  walk.space();
  const size_t start = walk.at;
  if (!walk.value(1)) return {};
  const size_t end = walk.at;
  walk.space();
  return walk.at == length ? Json(text + start, end - start) : Json();
}

/** From `at`, which stands behind the bracket or behind the one before. The text is known to be well-formed. */
bool Json::next(size_t& at, Json* name, Json& value) const {
  Walk walk(text_, length_);
  walk.at = at;
  walk.space();
  walk.take(',');
  walk.space();
  size_t start = walk.at;
  if (name != nullptr) {
    if (!walk.string()) return false;
    *name = Json(text_ + start, walk.at - start);
    walk.space();
    walk.take(':');
    walk.space();
    start = walk.at;
  }
  if (!walk.value(1)) return false;
  value = Json(text_ + start, walk.at - start);
  at = walk.at;
  return true;
}

Json Json::member(const char* name) const {
  Json found;
  eachMember([&](const Json& key, const Json& value) {
    if (!key.is(name)) return true;
    found = value;
    return false;
  });
  return found;
}

bool Json::plain(const char*& text, size_t& length) const {
  if (length_ < 2 || *text_ != '"' || memchr(text_, '\\', length_) != nullptr) return false;
  text = text_ + 1;
  length = length_ - 2;
  return true;
}

/** UTF-8 of one character of the first plane; halves of pairs are none. */
static size_t encodeUtf8(uint32_t code, char* out) {
  if (code < 0x80) {
    out[0] = static_cast<char>(code);
    return 1;
  }
  if (code < 0x800) {
    out[0] = static_cast<char>(0xc0 | code >> 6);
    out[1] = static_cast<char>(0x80 | (code & 0x3f));
    return 2;
  }
  if (code >= 0xd800 && code <= 0xdfff) return 0;
  out[0] = static_cast<char>(0xe0 | code >> 12);
  out[1] = static_cast<char>(0x80 | (code >> 6 & 0x3f));
  out[2] = static_cast<char>(0x80 | (code & 0x3f));
  return 3;
}

bool Json::text(char* out, size_t capacity) const {
  if (length_ < 2 || *text_ != '"') return false;
  size_t made = 0;
  for (size_t at = 1; at < length_ - 1; at++) {
    char utf8[3] = {text_[at]};
    size_t size = 1;
    if (text_[at] == '\\') {
      static const char NAMES[] = "bfnrt", MEANT[] = "\b\f\n\r\t";
      const char one = text_[++at];
      const char* named = strchr(NAMES, one);
      utf8[0] = named == nullptr ? one : MEANT[named - NAMES];
      uint8_t code[2];
      if (one == 'u') {
        if (!decodeHex(text_ + at + 1, 4, code, sizeof code)) return false;
        size = encodeUtf8(static_cast<uint32_t>(getBig(code, 2)), utf8);
        at += 4;
      }
    }
    if (size == 0 || utf8[0] == '\0' || made + size >= capacity) return false;
    memcpy(out + made, utf8, size);
    made += size;
  }
  out[made] = '\0';
  return true;
}

bool Json::is(const char* expected) const {
  const char* found;
  size_t length;
  return plain(found, length) && length == strlen(expected) && memcmp(found, expected, length) == 0;
}

bool Json::base64url(uint8_t* out, size_t capacity, size_t& length) const {
  const char* found;
  size_t characters;
  return plain(found, characters) && decodeBase64url(found, characters, out, capacity, length);
}

bool Json::base64url(uint8_t* out, size_t length) const {
  size_t decoded;
  return base64url(out, length, decoded) && decoded == length;
}

bool Json::hex(uint8_t* out, size_t length) const {
  const char* found;
  size_t characters;
  return plain(found, characters) && decodeHex(found, characters, out, length);
}

bool Json::integer(int64_t& value) const {
  const bool isNegative = length_ > 0 && *text_ == '-';
  const size_t digits = length_ - (isNegative ? 1 : 0);
  if (length_ == 0 || digits == 0 || digits > 16) return false;
  int64_t sum = 0;
  for (size_t at = isNegative ? 1 : 0; at < length_; at++) {
    if (text_[at] < '0' || text_[at] > '9') return false;
    sum = sum * 10 + (text_[at] - '0');
  }
  value = isNegative ? -sum : sum;
  return sum < (int64_t{1} << 53);
}

bool Json::boolean(bool& value) const {
  if (length_ == 0 || (*text_ != 't' && *text_ != 'f')) return false;
  value = *text_ == 't';
  return true;
}

}  // namespace gatehouse
