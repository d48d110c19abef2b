#include "telemetry.h"

#include <math.h>

namespace gatehouse {
namespace {

constexpr uint8_t UNSIGNED = 0x00, NEGATIVE = 0x20, TEXT = 0x60, MAP = 0xa0, FALSE_VALUE = 0xf4, DOUBLE = 0xfb;

class CborWriter {
 public:
  CborWriter(uint8_t* out, size_t capacity) : out_(out), capacity_(capacity) {}

  void head(uint8_t major, uint64_t value) {
    const int size = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value <= 0xffffffff ? 4 : 8;
    uint8_t bytes[9] = {static_cast<uint8_t>(major | (size == 0   ? value
                                                      : size == 1 ? 24
                                                      : size == 2 ? 25
                                                      : size == 4 ? 26
                                                                  : 27))};
    putBig(bytes + 1, value, size);
    put(bytes, 1 + static_cast<size_t>(size));
  }
  void text(const char* value) {
    head(TEXT, strlen(value));
    put(reinterpret_cast<const uint8_t*>(value), strlen(value));
  }
  void flag(bool value) {
    const uint8_t byte = static_cast<uint8_t>(FALSE_VALUE + (value ? 1 : 0));
    put(&byte, 1);
  }
  void number(double value) {
    if (value == floor(value) && fabs(value) < 9007199254740992.0) {
      if (value < 0)
        head(NEGATIVE, static_cast<uint64_t>(-value) - 1);
      else
        head(UNSIGNED, static_cast<uint64_t>(value));
      return;
    }
    uint8_t bytes[9] = {DOUBLE};
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    putBig(bytes + 1, bits, 8);
    put(bytes, sizeof bytes);
  }

  size_t length = 0;
  bool isSound = true;

 private:
  void put(const uint8_t* bytes, size_t count) {
    isSound = isSound && capacity_ - length >= count;
    if (!isSound) return;
    memcpy(out_ + length, bytes, count);
    length += count;
  }

  uint8_t* out_;
  size_t capacity_;
};

}  // namespace

size_t encodeReading(uint64_t atMs, const Metric* metrics, size_t count, uint8_t* out, size_t capacity) {
  if (count == 0 || count > MAX_METRICS) return 0;
  CborWriter cbor(out, capacity);
  cbor.head(MAP, atMs == 0 ? 1 : 2);
  if (atMs != 0) {
    cbor.text("ts");
    cbor.head(UNSIGNED, atMs);
  }
  cbor.text("values");
  cbor.head(MAP, count);
  for (const Metric* metric = metrics; metric < metrics + count; metric++) {
    cbor.text(metric->key);
    if (metric->kind == Metric::FLAG)
      cbor.flag(metric->value != 0);
    else
      cbor.number(metric->value);
  }
  return cbor.isSound ? cbor.length : 0;
}

}  // namespace gatehouse
