#pragma once
#include <stddef.h>
#include <stdint.h>

class Preferences {
 public:
  bool begin(const char* name, bool isReadOnly);
  size_t putBytes(const char* key, const void* value, size_t length);
  size_t getBytes(const char* key, void* out, size_t capacity);
  size_t getBytesLength(const char* key);
  size_t putUChar(const char* key, uint8_t value);
  uint8_t getUChar(const char* key, uint8_t otherwise);
  bool remove(const char* key);
};
