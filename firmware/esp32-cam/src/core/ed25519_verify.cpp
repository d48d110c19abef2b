#include "ed25519_verify.h"

#include "hash.h"
#include "mpi.h"

namespace gatehouse {
namespace {

constexpr size_t COORDINATE_BYTES = 32;
/** Of a server key's signed statement, with some to spare. */
constexpr size_t MAX_MESSAGE_BYTES = 256;

/** Every step reports failure (only of memory); the first one sticks, and nothing verifies after it. */
class Field {
 public:
  Field() {
    // p = 2^255 − 19; d and the square root of −1 as in RFC 8032 §5.1.
    check(mbedtls_mpi_lset(&p, 1) | mbedtls_mpi_shift_l(&p, 255) | mbedtls_mpi_sub_int(&p, &p, 19));
    check(mbedtls_mpi_read_string(&d, 16, "52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3"));
    check(mbedtls_mpi_read_string(&rootOfMinusOne, 16,
                                  "2B8324804FC1DF0B2B4D00993DFBD7A72F431806AD2FE478C4EE1B274A0EA0B0"));
    check(mbedtls_mpi_lset(&order, 1) | mbedtls_mpi_shift_l(&order, 252));
    Mpi low;
    check(mbedtls_mpi_read_string(&low, 16, "14DEF9DEA2F79CD65812631A5CF5D3ED"));
    check(mbedtls_mpi_add_mpi(&order, &order, &low));
  }

  void check(int error) { isSound = isSound && error == 0; }
  void reduce(Mpi& x) { check(mbedtls_mpi_mod_mpi(&x, &x, &p)); }
  void multiply(Mpi& x, const Mpi& a, const Mpi& b) {
    check(mbedtls_mpi_mul_mpi(&x, &a, &b));
    reduce(x);
  }
  void add(Mpi& x, const Mpi& a, const Mpi& b) {
    check(mbedtls_mpi_add_mpi(&x, &a, &b));
    reduce(x);
  }
  void subtract(Mpi& x, const Mpi& a, const Mpi& b) {
    check(mbedtls_mpi_sub_mpi(&x, &a, &b));
    reduce(x);
  }
  void power(Mpi& x, const Mpi& a, const Mpi& exponent) {
    check(mbedtls_mpi_exp_mod(&x, &a, &exponent, &p, nullptr));
  }

  Mpi p, d, rootOfMinusOne, order;
  bool isSound = true;
};

/** (X : Y : Z : T) with x = X/Z, y = Y/Z, x·y = T/Z. */
struct Point {
  Mpi x, y, z, t;
};

void copy(Field& field, Point& to, const Point& from) {
  field.check(mbedtls_mpi_copy(&to.x, &from.x) | mbedtls_mpi_copy(&to.y, &from.y) |
              mbedtls_mpi_copy(&to.z, &from.z) | mbedtls_mpi_copy(&to.t, &from.t));
}

/** The complete addition of RFC 8032 §5.1.4; also doubles. */
void add(Field& field, Point& sum, const Point& one, const Point& other) {
  Mpi a, b, c, d, e, f, g, h;
  field.subtract(e, one.y, one.x);
  field.subtract(f, other.y, other.x);
  field.multiply(a, e, f);
  field.add(e, one.y, one.x);
  field.add(f, other.y, other.x);
  field.multiply(b, e, f);
  field.multiply(c, one.t, other.t);
  field.multiply(c, c, field.d);
  field.add(c, c, c);
  field.multiply(d, one.z, other.z);
  field.add(d, d, d);
  field.subtract(e, b, a);
  field.subtract(f, d, c);
  field.add(g, d, c);
  field.add(h, b, a);
  field.multiply(sum.x, e, f);
  field.multiply(sum.y, g, h);
  field.multiply(sum.t, e, h);
  field.multiply(sum.z, f, g);
}

bool readLittle(Mpi& x, const uint8_t* bytes, size_t length) {
  uint8_t reversed[64];
  for (size_t at = 0; at < length; at++) reversed[at] = bytes[length - 1 - at];
  return x.read(reversed, length);
}

/** RFC 8032 §5.1.3. False for what is no point, or not in its one encoding. */
bool decode(Field& field, const uint8_t bytes[COORDINATE_BYTES], Point& point) {
  uint8_t plain[COORDINATE_BYTES];
  memcpy(plain, bytes, COORDINATE_BYTES);
  plain[31] &= 0x7f;
  if (!readLittle(point.y, plain, COORDINATE_BYTES) || mbedtls_mpi_cmp_mpi(&point.y, &field.p) >= 0) return false;
  Mpi one, u, v, exponent, power, square;
  field.check(mbedtls_mpi_lset(&one, 1));
  field.multiply(square, point.y, point.y);
  field.subtract(u, square, one);
  field.multiply(v, square, field.d);
  field.add(v, v, one);
  // x = (u/v)^((p+3)/8), by v^(p−2) for 1/v.
  field.check(mbedtls_mpi_sub_int(&exponent, &field.p, 2));
  field.power(power, v, exponent);
  field.multiply(u, u, power);
  field.check(mbedtls_mpi_add_int(&exponent, &field.p, 3) | mbedtls_mpi_shift_r(&exponent, 3));
  field.power(point.x, u, exponent);
  field.multiply(square, point.x, point.x);
  if (mbedtls_mpi_cmp_mpi(&square, &u) != 0) {
    field.multiply(point.x, point.x, field.rootOfMinusOne);
    field.multiply(square, point.x, point.x);
    if (mbedtls_mpi_cmp_mpi(&square, &u) != 0) return false;
  }
  const int sign = bytes[31] >> 7;
  if (mbedtls_mpi_cmp_int(&point.x, 0) == 0 && sign == 1) return false;
  if (mbedtls_mpi_get_bit(&point.x, 0) != sign) field.check(mbedtls_mpi_sub_mpi(&point.x, &field.p, &point.x));
  field.check(mbedtls_mpi_lset(&point.z, 1));
  field.multiply(point.t, point.x, point.y);
  return field.isSound;
}

void negate(Field& field, Point& point) {
  Mpi zero;
  field.check(mbedtls_mpi_lset(&zero, 0));
  field.subtract(point.x, zero, point.x);
  field.subtract(point.t, zero, point.t);
}

/** s·one + k·other, bit by bit from the top. */
void multiplyBoth(Field& field, Point& sum, const Mpi& s, const Point& one, const Mpi& k, const Point& other) {
  Point both;
  add(field, both, one, other);
  field.check(mbedtls_mpi_lset(&sum.x, 0) | mbedtls_mpi_lset(&sum.y, 1) | mbedtls_mpi_lset(&sum.z, 1) |
              mbedtls_mpi_lset(&sum.t, 0));
  for (int bit = 252; bit >= 0 && field.isSound; bit--) {
    Point doubled;
    add(field, doubled, sum, sum);
    const int choice = mbedtls_mpi_get_bit(&s, bit) + 2 * mbedtls_mpi_get_bit(&k, bit);
    if (choice == 0)
      copy(field, sum, doubled);
    else
      add(field, sum, doubled, choice == 1 ? one : choice == 2 ? other : both);
  }
}

/** y = 4/5, x even: the base point. */
const uint8_t BASE[COORDINATE_BYTES] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

}  // namespace

bool verifyEd25519(const uint8_t publicKey[32], Bytes message, const uint8_t signature[64]) {
  if (message.length > MAX_MESSAGE_BYTES) return false;
  Field field;
  Point key, base, commitment, sum;
  Mpi s, k;
  if (!decode(field, BASE, base) || !decode(field, publicKey, key) || !decode(field, signature, commitment)) return false;
  if (!readLittle(s, signature + 32, COORDINATE_BYTES) || mbedtls_mpi_cmp_mpi(&s, &field.order) >= 0) return false;
  uint8_t joined[64 + MAX_MESSAGE_BYTES], digest[SHA512_BYTES];
  memcpy(joined, signature, 32);
  memcpy(joined + 32, publicKey, 32);
  memcpy(joined + 64, message.data, message.length);
  sha512({joined, 64 + message.length}, digest);
  if (!readLittle(k, digest, SHA512_BYTES)) return false;
  field.check(mbedtls_mpi_mod_mpi(&k, &k, &field.order));
  // R = s·B − k·A.
  negate(field, key);
  multiplyBoth(field, sum, s, base, k, key);
  Mpi left, right;
  field.multiply(left, sum.x, commitment.z);
  field.multiply(right, commitment.x, sum.z);
  const bool isSameX = mbedtls_mpi_cmp_mpi(&left, &right) == 0;
  field.multiply(left, sum.y, commitment.z);
  field.multiply(right, commitment.y, sum.z);
  return field.isSound && isSameX && mbedtls_mpi_cmp_mpi(&left, &right) == 0;
}

}  // namespace gatehouse
