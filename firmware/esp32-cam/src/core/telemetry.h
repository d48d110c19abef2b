#pragma once
#include "bytes.h"

namespace gatehouse {

/** One thing the device measures or is; keys of packages/device-types. */
struct Metric {
  enum Kind { NUMBER, FLAG };
  const char* key;
  Kind kind;
  double value;
};

constexpr size_t MAX_METRICS = 16;

/**
 * A reading as CBOR (RFC 8949): {"ts": …, "values": {…}}, without `ts` when `atMs` is 0. The length; 0 when it does not
 * fit or is no reading.
 */
size_t encodeReading(uint64_t atMs, const Metric* metrics, size_t count, uint8_t* out, size_t capacity);

}  // namespace gatehouse
