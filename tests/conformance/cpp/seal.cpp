/**
 * Seals one meter reading (docs/channel.md, "Single messages") on the cryptography of firmware/esp32-cam: mbed TLS,
 * and libsodium for M1. Usage: see ../README.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include <memory>
#include <string>
#include <vector>

#include "../../../firmware/esp32-cam/src/core/crypto_c1.h"
#include "../../../firmware/esp32-cam/src/core/crypto_m1.h"

using namespace gatehouse;

static constexpr size_t HEADER_BYTES = 48;
static constexpr uint16_t METER_READING = 7;
using Buffer = std::vector<uint8_t>;

[[noreturn]] static void fail(const char* what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}
static void must(bool isDone, const char* what) {
  if (!isDone) fail(what);
}

struct SystemRandom : Random {
  bool fill(uint8_t* out, size_t length) override { return getrandom(out, length, 0) == static_cast<ssize_t>(length); }
};

static void append(Buffer& to, Bytes bytes) { to.insert(to.end(), bytes.data, bytes.data + bytes.length); }
static Bytes bytesOf(const Buffer& buffer) { return {buffer.data(), buffer.size()}; }

/** What encrypts to the recipient: the body that follows the header, of `plain`. */
struct Body {
  virtual ~Body() = default;
  virtual Crypto& crypto() = 0;
  virtual void derivePublic(Purpose purpose, const uint8_t* privateKey, uint8_t* publicKey) = 0;
  virtual size_t length(size_t plainBytes) = 0;
  virtual Buffer seal(Bytes header, const PublicBundle& recipient, const Buffer& plain) = 0;
};

class BodyC1 : public Body {
 public:
  explicit BodyC1(Random& random) : random_(random), crypto_(random) {}
  Crypto& crypto() override { return crypto_; }
  void derivePublic(Purpose, const uint8_t* privateKey, uint8_t* publicKey) override {
    must(crypto_.derivePublic(privateKey, publicKey), "a private key");
  }
  size_t length(size_t plainBytes) override { return 33 + 16 + 16 * (plainBytes / 16 + 1) + HASH_BYTES; }

  Buffer seal(Bytes header, const PublicBundle& recipient, const Buffer& plain) override {
    uint8_t ephemeral[32], epk[33], x[32], salt[HASH_BYTES], keys[64], iv[16], lengths[16], tag[HASH_BYTES];
    must(crypto_.generate(Purpose::AGREEMENT, ephemeral, epk), "an ephemeral key");
    must(crypto_.agree(ephemeral, recipient.agreement, x), "the recipient's key is not usable");
    must(random_.fill(iv, sizeof iv), "randomness");
    sha256({textBytes("SX-C1-salt-v1")}, salt);
    hkdf(x, salt, {label("SX-C1-seal-v1"), epk, crypto_.agreementOf(recipient), header}, keys, sizeof keys);
    Buffer ciphertext = plain;
    ciphertext.resize(plain.size() + 16);
    const size_t cipherBytes = encryptCbc(keys, iv, ciphertext.data(), plain.size());
    must(cipherBytes > 0, "encryption");
    ciphertext.resize(cipherBytes);
    putBig(lengths, 8 * (HEADER_BYTES + sizeof epk), 8);
    putBig(lengths + 8, 8 * cipherBytes, 8);
    hmac({keys + 32, 32}, {header, epk, iv, bytesOf(ciphertext), lengths}, tag);
    Buffer body;
    for (const Bytes& part : {Bytes(epk), Bytes(iv), bytesOf(ciphertext), Bytes(tag)}) append(body, part);
    return body;
  }

 private:
  Random& random_;
  CryptoC1 crypto_;
};

/** HPKE (RFC 9180) in base mode, one message. */
class BodyM1 : public Body {
 public:
  explicit BodyM1(Random& random) : crypto_(random) {}
  Crypto& crypto() override { return crypto_; }
  void derivePublic(Purpose purpose, const uint8_t* privateKey, uint8_t* publicKey) override {
    derivePublicM1(purpose, privateKey, publicKey);
  }
  size_t length(size_t plainBytes) override { return 32 + plainBytes + 16; }

  Buffer seal(Bytes header, const PublicBundle& recipient, const Buffer& plain) override {
    uint8_t ephemeral[32], enc[32], dh[32], prk[32], both[64], shared[32], context[65] = {0}, secret[32], key[32];
    uint8_t nonce[12];
    must(crypto_.generate(Purpose::AGREEMENT, ephemeral, enc), "an ephemeral key");
    must(crypto_.agree(ephemeral, recipient.agreement, dh), "the recipient's key is not usable");
    extract({}, KEM, "eae_prk", dh, prk);
    memcpy(both, enc, 32);
    memcpy(both + 32, recipient.agreement, 32);
    expand(prk, KEM, "shared_secret", both, shared, sizeof shared);
    extract({}, HPKE, "psk_id_hash", {}, context + 1);
    extract({}, HPKE, "info_hash", label("SX-M1-seal-v1"), context + 33);
    extract(shared, HPKE, "secret", {}, secret);
    expand(secret, HPKE, "key", context, key, sizeof key);
    expand(secret, HPKE, "base_nonce", context, nonce, sizeof nonce);
    Buffer body(enc, enc + 32), sealed = plain;
    sealed.resize(plain.size() + 16);
    must(encryptGcm(key, nonce, header, sealed.data(), plain.size()), "encryption");
    append(body, bytesOf(sealed));
    return body;
  }

 private:
  static constexpr uint8_t KEM[5] = {'K', 'E', 'M', 0x00, 0x20};
  static constexpr uint8_t HPKE[10] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x02};

  static void extract(Bytes salt, Bytes id, const char* name, Bytes ikm, uint8_t out[32]) {
    hmac(salt, {textBytes("HPKE-v1"), id, textBytes(name), ikm}, out);
  }
  /** At most 32 bytes: one block of HKDF-Expand. */
  static void expand(Bytes prk, Bytes id, const char* name, Bytes info, uint8_t* out, size_t length) {
    const uint8_t size[2] = {0, static_cast<uint8_t>(length)}, one = 1;
    uint8_t block[32];
    hmac(prk, {size, textBytes("HPKE-v1"), id, textBytes(name), info, Bytes(&one, 1)}, block);
    memcpy(out, block, length);
  }

  CryptoM1 crypto_;
};

static void readHex(const char* text, uint8_t* out, size_t bytes) {
  must(decodeHex(text, strlen(text), out, bytes), "hex of the wrong length");
}

static void printHex(Bytes bytes) {
  std::string text(2 * bytes.length, '\0');
  encodeHex(bytes, text.data());
  fputs(text.c_str(), stdout);
}

int main(int argc, char** argv) {
  if (argc != 10) fail("usage: see README.md");
  SystemRandom random;
  std::unique_ptr<Body> body;
  if (strcmp(argv[1], "M1") == 0)
    body = std::make_unique<BodyM1>(random);
  else
    body = std::make_unique<BodyC1>(random);
  Crypto& crypto = body->crypto();
  KeyBundle own;
  PublicBundle recipient;
  readHex(argv[2], own.agreementPrivate, PRIVATE_KEY_BYTES);
  readHex(argv[3], own.signingPrivate, PRIVATE_KEY_BYTES);
  readHex(argv[4], recipient.agreement, crypto.publicKeyBytes());
  readHex(argv[5], recipient.signing, crypto.publicKeyBytes());
  body->derivePublic(Purpose::AGREEMENT, own.agreementPrivate, own.pub.agreement);
  body->derivePublic(Purpose::SIGNATURE, own.signingPrivate, own.pub.signing);
  crypto.fillKeyId(own.pub);
  crypto.fillKeyId(recipient);

  const Bytes payload = textBytes(argv[9]);
  uint8_t header[HEADER_BYTES] = {'S', 'X', 1, static_cast<uint8_t>(crypto.suite()), 0x10};
  putBig(header + 6, METER_READING, 2);
  memcpy(header + 8, own.pub.keyId, KEY_ID_BYTES);
  memcpy(header + 16, recipient.keyId, KEY_ID_BYTES);
  putBig(header + 24, strtoull(argv[6], nullptr, 10), 8);
  putBig(header + 32, strtoull(argv[7], nullptr, 10), 8);
  putBig(header + 40, strtoull(argv[8], nullptr, 10), 4);
  putBig(header + 44, body->length(SIGNATURE_BYTES + payload.length), 4);

  uint8_t toSign[8 + 2 * HASH_BYTES] = "SX1-sig";
  sha256({header}, toSign + 8);
  sha256({payload}, toSign + 8 + HASH_BYTES);
  Buffer plain(SIGNATURE_BYTES);
  must(crypto.sign(own.signingPrivate, toSign, plain.data()), "a signature");
  append(plain, payload);
  printHex(header);
  printHex(bytesOf(body->seal(header, recipient, plain)));
  puts("");
  return 0;
}
