#include "session.h"

namespace gatehouse {

static constexpr uint8_t HELLO = 0x21, ANSWER = 0x22;
static constexpr Place IN_HANDSHAKE = {0, 0, 0};

void Handshake::end() {
  crypto_ = nullptr;
  for (uint8_t* secret : {chain_, key_, ephemeral_}) wipe(secret, 32);
}

void Handshake::mixHash(Pieces pieces) {
  uint8_t joined[HASH_BYTES];
  memcpy(joined, hash_, HASH_BYTES);
  // Every call mixes one or two pieces; the hash comes first.
  const Bytes* piece = pieces.begin();
  sha256({joined, piece[0], pieces.size() > 1 ? piece[1] : Bytes()}, hash_);
}

bool Handshake::mixAgreement(const uint8_t* privateKey, const uint8_t* peer) {
  uint8_t shared[SHARED_SECRET_BYTES], both[64];
  if (!crypto_->agree(privateKey, peer, shared)) return false;
  hkdf(shared, chain_, {}, both, sizeof both);
  memcpy(chain_, both, 32);
  memcpy(key_, both + 32, 32);
  wipe(shared, sizeof shared);
  wipe(both, sizeof both);
  return true;
}

size_t Handshake::sealTo(uint8_t* out, Bytes plain) {
  if (plain.length > 0) memcpy(out, plain.data, plain.length);
  const size_t sealed = crypto_->seal(key_, IN_HANDSHAKE, hash_, out, plain.length);
  mixHash({Bytes(out, sealed)});
  return sealed;
}

static void writeHeader(uint8_t* header, SuiteId suite, uint8_t type, const uint8_t* sender, const uint8_t* recipient) {
  header[0] = 'S';
  header[1] = 'X';
  header[2] = static_cast<uint8_t>(0x10 + static_cast<uint8_t>(suite));
  header[3] = type;
  putBig(header + 4, 0, 4);
  memcpy(header + 8, sender, KEY_ID_BYTES);
  memcpy(header + 16, recipient, KEY_ID_BYTES);
}

size_t Handshake::hello(Crypto& crypto, const KeyBundle& own, const PublicBundle& server, uint8_t out[MAX_HELLO_BYTES]) {
  crypto_ = &crypto;
  const Bytes name = textBytes(crypto.noiseName());
  memset(hash_, 0, sizeof hash_);
  if (name.length > HASH_BYTES)
    sha256({name}, hash_);
  else
    memcpy(hash_, name.data, name.length);
  memcpy(chain_, hash_, HASH_BYTES);
  writeHeader(out, crypto.suite(), HELLO, own.pub.keyId, server.keyId);
  writeHeader(answerHeader_, crypto.suite(), ANSWER, server.keyId, own.pub.keyId);
  mixHash({label("SX-hello-v1"), Bytes(out, CHANNEL_HEADER_BYTES)});
  mixHash({crypto.agreementOf(server)});

  uint8_t* at = out + CHANNEL_HEADER_BYTES;
  const size_t publicBytes = crypto.publicKeyBytes();
  if (!crypto.generate(Purpose::AGREEMENT, ephemeral_, at)) return 0;
  mixHash({Bytes(at, publicBytes)});
  at += publicBytes;
  if (!mixAgreement(ephemeral_, server.agreement)) return 0;
  at += sealTo(at, crypto.agreementOf(own.pub));
  if (!mixAgreement(own.agreementPrivate, server.agreement)) return 0;
  at += sealTo(at, {});
  return static_cast<size_t>(at - out);
}

bool Handshake::finish(Bytes answer, const KeyBundle& own, Session& session, uint64_t nowMs) {
  if (crypto_ == nullptr) return false;
  Crypto& crypto = *crypto_;
  const size_t publicBytes = crypto.publicKeyBytes();
  const size_t expected = CHANNEL_HEADER_BYTES + publicBytes + crypto.overhead(0);
  bool isAuthentic = answer.length == expected && memcmp(answer.data, answerHeader_, CHANNEL_HEADER_BYTES) == 0;
  if (isAuthentic) {
    const uint8_t* ephemeral = answer.data + CHANNEL_HEADER_BYTES;
    const Bytes sealed(ephemeral + publicBytes, crypto.overhead(0));
    uint8_t nothing[MAX_AEAD_OVERHEAD_BYTES];
    size_t length = 0;
    mixHash({Bytes(ephemeral, publicBytes)});
    isAuthentic = mixAgreement(ephemeral_, ephemeral) && mixAgreement(own.agreementPrivate, ephemeral) &&
                  crypto.open(key_, IN_HANDSHAKE, hash_, sealed, nothing, length) && length == 0;
    if (isAuthentic) {
      uint8_t keys[64];
      mixHash({sealed});
      hkdf({}, chain_, {}, keys, sizeof keys);
      session.begin(crypto, hash_, keys, keys + 32, nowMs);
      wipe(keys, sizeof keys);
    }
  }
  end();
  return isAuthentic;
}

}  // namespace gatehouse
