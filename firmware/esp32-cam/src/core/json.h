/** JSON (RFC 8259) read where it lies and written into a given buffer. No heap, no floating point. */
#pragma once
#include "bytes.h"

namespace gatehouse {

/** A value inside somebody else's text; of a wrong kind or not there, every question is answered false. */
class Json {
 public:
  Json() = default;
  /** The one value that `text` is; absent when it is not well-formed, or nested deeper than eight. */
  static Json parse(const char* text, size_t length);

  bool isAbsent() const { return length_ == 0; }
  bool isObject() const { return length_ > 0 && *text_ == '{'; }
  Json member(const char* name) const;
  /** Calls `visit(name, value)` for each member; false when there is no object, or when one of the calls says so. */
  template <typename Visit>
  bool eachMember(Visit visit) const;
  /** Calls `visit(value)` for each item of a list, as above. */
  template <typename Visit>
  bool eachItem(Visit visit) const;

  /** A string without escapes, where it lies. */
  bool plain(const char*& text, size_t& length) const;
  /** A string without its escapes, zero-terminated in `out`; what is not in Unicode's first plane is none. */
  bool text(char* out, size_t capacity) const;
  bool is(const char* text) const;
  bool base64url(uint8_t* out, size_t capacity, size_t& length) const;
  /** Exactly `length` bytes. */
  bool base64url(uint8_t* out, size_t length) const;
  bool hex(uint8_t* out, size_t length) const;
  /** A whole number without exponent, below 2^53. */
  bool integer(int64_t& value) const;
  bool boolean(bool& value) const;

 private:
  Json(const char* text, size_t length) : text_(text), length_(length) {}
  bool next(size_t& at, Json* name, Json& value) const;

  const char* text_ = nullptr;
  size_t length_ = 0;
};

template <typename Visit>
bool Json::eachMember(Visit visit) const {
  if (!isObject()) return false;
  size_t at = 1;
  for (Json name, value; next(at, &name, value);)
    if (!visit(name, value)) return false;
  return true;
}

template <typename Visit>
bool Json::eachItem(Visit visit) const {
  if (length_ == 0 || *text_ != '[') return false;
  size_t at = 1;
  for (Json value; next(at, nullptr, value);)
    if (!visit(value)) return false;
  return true;
}

/** Text into a buffer that does not grow; what does not fit makes the whole not sound. */
class JsonWriter {
 public:
  JsonWriter(char* out, size_t capacity) : out_(out), capacity_(capacity) {}

  JsonWriter& raw(const char* text);
  /** Quoted; quotes, backslashes and control characters escaped. */
  JsonWriter& string(const char* text);
  JsonWriter& base64url(Bytes bytes);
  JsonWriter& hex(Bytes bytes);
  JsonWriter& integer(int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }

  bool isSound() const { return isSound_; }
  size_t length() const { return length_; }

 private:
  char* room(size_t characters);

  char* out_;
  size_t capacity_;
  size_t length_ = 0;
  bool isSound_ = true;
};

}  // namespace gatehouse
