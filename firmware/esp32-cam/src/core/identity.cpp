#include "identity.h"

namespace gatehouse {

static constexpr uint8_t FORMAT = 1;
static constexpr size_t CHECKSUM_BYTES = 8;

namespace {
/** The fields in one order for both ways: writes them when `isWriting`, else reads them. */
class Archive {
 public:
  Archive(uint8_t* bytes, size_t capacity, bool isWriting)
      : bytes_(bytes), capacity_(capacity), isWriting_(isWriting) {}

  void bytes(void* field, size_t length) {
    if (capacity_ - at < length) {
      isSound = false;
      return;
    }
    if (isWriting_)
      memcpy(bytes_ + at, field, length);
    else
      memcpy(field, bytes_ + at, length);
    at += length;
  }
  template <typename Number>
  void number(Number& value) {
    uint8_t big[8];
    putBig(big, static_cast<uint64_t>(value), 8);
    bytes(big, sizeof big);
    value = static_cast<Number>(getBig(big, 8));
  }
  /** Zero-terminated, in a field of `capacity`. */
  void text(char* field, size_t capacity) {
    uint16_t length = isWriting_ ? static_cast<uint16_t>(strlen(field)) : 0;
    number(length);
    if (length >= capacity) {
      isSound = false;
      return;
    }
    bytes(field, length);
    field[length] = '\0';
  }

  size_t at = 0;
  bool isSound = true;

 private:
  uint8_t* bytes_;
  size_t capacity_;
  bool isWriting_;
};

void archiveBundle(Archive& archive, PublicBundle& bundle) {
  archive.bytes(bundle.agreement, sizeof bundle.agreement);
  archive.bytes(bundle.signing, sizeof bundle.signing);
  archive.bytes(bundle.keyId, sizeof bundle.keyId);
}

void archiveServerKey(Archive& archive, ServerKey& key) {
  archiveBundle(archive, key.bundle);
  archive.number(key.notBeforeMs);
  archive.number(key.notAfterMs);
  archive.bytes(key.signature, sizeof key.signature);
}

void archiveIdentity(Archive& archive, Identity& identity) {
  archive.number(identity.suite);
  archive.text(identity.address.host, sizeof identity.address.host);
  archive.number(identity.address.port);
  archive.number(identity.address.isTls);
  archive.text(identity.deviceId, sizeof identity.deviceId);
  archive.text(identity.words, sizeof identity.words);
  archive.bytes(identity.keys.agreementPrivate, PRIVATE_KEY_BYTES);
  archive.bytes(identity.keys.signingPrivate, PRIVATE_KEY_BYTES);
  archiveBundle(archive, identity.keys.pub);
  archive.bytes(identity.root, sizeof identity.root);
  archiveServerKey(archive, identity.current);
  archiveServerKey(archive, identity.next);
  archive.text(identity.caPem, sizeof identity.caPem);
}
}  // namespace

size_t encodeIdentity(const Identity& identity, uint8_t* out, size_t capacity) {
  if (capacity < 1 + CHECKSUM_BYTES) return 0;
  out[0] = FORMAT;
  Archive archive(out + 1, capacity - 1 - CHECKSUM_BYTES, true);
  archiveIdentity(archive, const_cast<Identity&>(identity));
  if (!archive.isSound) return 0;
  uint8_t digest[HASH_BYTES];
  sha256({Bytes(out, 1 + archive.at)}, digest);
  memcpy(out + 1 + archive.at, digest, CHECKSUM_BYTES);
  return 1 + archive.at + CHECKSUM_BYTES;
}

bool decodeIdentity(Bytes bytes, Identity& identity) {
  if (bytes.length < 1 + CHECKSUM_BYTES || bytes.data[0] != FORMAT) return false;
  const size_t length = bytes.length - CHECKSUM_BYTES;
  uint8_t digest[HASH_BYTES];
  sha256({Bytes(bytes.data, length)}, digest);
  if (memcmp(digest, bytes.data + length, CHECKSUM_BYTES) != 0) return false;
  Archive archive(const_cast<uint8_t*>(bytes.data) + 1, length - 1, false);
  archiveIdentity(archive, identity);
  return archive.isSound && archive.at == length - 1;
}

void encodeServerKey(const ServerKey& key, uint8_t out[SERVER_KEY_BYTES]) {
  Archive archive(out, SERVER_KEY_BYTES, true);
  archiveServerKey(archive, const_cast<ServerKey&>(key));
}

void decodeServerKey(const uint8_t in[SERVER_KEY_BYTES], ServerKey& key) {
  Archive archive(const_cast<uint8_t*>(in), SERVER_KEY_BYTES, false);
  archiveServerKey(archive, key);
}

bool verifyServerKey(Crypto& crypto, const uint8_t root[32], const ServerKey& key) {
  const size_t keyBytes = crypto.publicKeyBytes();
  uint8_t signedBytes[17 + 1 + 2 * (2 + MAX_PUBLIC_KEY_BYTES) + 16], *at = signedBytes;
  memcpy(at, "GH-server-key-v1", 17);
  at += 17;
  *at++ = static_cast<uint8_t>(crypto.suite());
  for (const uint8_t* raw : {key.bundle.agreement, key.bundle.signing}) {
    putBig(at, keyBytes, 2);
    memcpy(at + 2, raw, keyBytes);
    at += 2 + keyBytes;
  }
  putBig(at, key.notBeforeMs, 8);
  putBig(at + 8, key.notAfterMs, 8);
  PublicBundle named = key.bundle;
  crypto.fillKeyId(named);
  return memcmp(named.keyId, key.bundle.keyId, KEY_ID_BYTES) == 0 &&
         crypto.verifyRoot(root, {signedBytes, static_cast<size_t>(at + 16 - signedBytes)}, key.signature);
}

bool readServerKey(Crypto& crypto, const uint8_t root[32], const Json& json, ServerKey& key) {
  int64_t suite, notBeforeMs, notAfterMs;
  const bool isRead = json.member("suite").integer(suite) && suite == static_cast<int64_t>(crypto.suite()) &&
                      json.member("keyId").hex(key.bundle.keyId, KEY_ID_BYTES) &&
                      json.member("agreementKey").base64url(key.bundle.agreement, crypto.publicKeyBytes()) &&
                      json.member("signingKey").base64url(key.bundle.signing, crypto.publicKeyBytes()) &&
                      json.member("notBeforeMs").integer(notBeforeMs) && notBeforeMs >= 0 &&
                      json.member("notAfterMs").integer(notAfterMs) && notAfterMs >= 0 &&
                      json.member("signature").base64url(key.signature, SIGNATURE_BYTES);
  if (!isRead) return false;
  key.notBeforeMs = static_cast<uint64_t>(notBeforeMs);
  key.notAfterMs = static_cast<uint64_t>(notAfterMs);
  return verifyServerKey(crypto, root, key);
}

}  // namespace gatehouse
