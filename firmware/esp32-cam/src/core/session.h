/** A session of the secure channel (docs/channel.md, "Sessions"), from the device's side: Noise IK, then DATA. No clock. */
#pragma once
#include "crypto.h"

namespace gatehouse {

constexpr size_t CHANNEL_HEADER_BYTES = 24;
/** HELLO of C1. */
constexpr size_t MAX_HELLO_BYTES = 185;

constexpr uint64_t HANDSHAKE_DUE_MS = 24ull * 3600 * 1000;
constexpr uint64_t SESSION_MAX_MS = HANDSHAKE_DUE_MS + 3600 * 1000;
constexpr uint32_t EPOCH_MESSAGES = 4096;
constexpr uint64_t EPOCH_MS = 10 * 60 * 1000;

namespace content {
constexpr uint8_t NOTHING = 0, CBOR = 1, JSON = 2, JPEG = 3, COMMAND = 4, KEYS = 8, ACK = 9, CONTROL = 10;
}

/** What a DATA frame of the server says. */
struct Opened {
  uint8_t contentType;
  size_t length;
};

class Session {
 public:
  ~Session() { end(); }

  /** With the results of a handshake: its hash, k1 and k2. */
  void begin(Crypto& crypto, const uint8_t hash[HASH_BYTES], const uint8_t toServer[32], const uint8_t toDevice[32],
             uint64_t nowMs);
  /** Forgets the keys. */
  void end();

  bool isHandshakeDue(uint64_t nowMs) const { return nowMs - startedMs_ >= HANDSHAKE_DUE_MS; }
  bool isOver(uint64_t nowMs) const { return crypto_ == nullptr || nowMs - startedMs_ >= SESSION_MAX_MS; }
  /** Whether a frame says that it is of this session; nothing about who sent it. */
  bool claims(Bytes frame) const;

  /** Of the next message; what an acknowledgement names. */
  uint64_t nextSequence() const { return sequence_; }
  uint16_t epoch() const { return sendingEpoch_; }

  /**
   * A DATA frame in place: the payload stands at `frame` + CHANNEL_HEADER_BYTES, with room for the suite's overhead
   * behind it. The length of the whole; 0 when the session is over.
   */
  size_t seal(uint8_t contentType, uint8_t* frame, size_t payloadBytes, uint64_t nowMs);
  /** Opens a frame once, to `out`, which has room for its length. False changes nothing. */
  bool open(Bytes frame, uint64_t nowMs, uint8_t* out, Opened& opened);

 private:
  static constexpr uint64_t WINDOW = 1024;

  /** Of the epoch that is read, of the one before it, and the secret of the next. Wiped wherever a copy ends. */
  struct ReceivingKeys {
    uint8_t secret[32] = {}, key[32] = {}, previous[32] = {};
    uint16_t epoch = 0;
    bool hasPrevious = false;
    ~ReceivingKeys() {
      for (uint8_t* bytes : {secret, key, previous}) wipe(bytes, 32);
    }
    ReceivingKeys() = default;
    ReceivingKeys(const ReceivingKeys&) = default;
    ReceivingKeys& operator=(const ReceivingKeys&) = default;
  };

  void derive(uint8_t secret[32], uint8_t direction, uint16_t epoch, uint8_t key[32]) const;
  bool stepSending(uint64_t nowMs);
  bool isOurs(Bytes frame, uint64_t nowMs) const;
  bool findEpoch(uint16_t epoch, ReceivingKeys& keys) const;
  void forgetPrevious();
  bool isUnseen(uint64_t sequence) const;
  void accept(uint64_t sequence);

  Crypto* crypto_ = nullptr;
  uint8_t hash_[HASH_BYTES] = {};
  uint8_t id_[8] = {};
  uint64_t startedMs_ = 0;

  uint8_t sendingSecret_[32] = {}, sendingKey_[32] = {};
  uint16_t sendingEpoch_ = 0;
  uint32_t sendingCount_ = 0;
  uint64_t sendingSinceMs_ = 0, sequence_ = 0;

  ReceivingKeys receiving_;
  uint64_t steppedMs_ = 0, lowest_ = 0;

  /** One more than the highest sequence that was taken; 0 before the first. */
  uint64_t seenEnd_ = 0;
  uint32_t seen_[WINDOW / 32] = {};
};

/** Noise IK as initiator, both payloads empty. For one HELLO and its ANSWER. */
class Handshake {
 public:
  ~Handshake() { end(); }

  bool isUnderWay() const { return crypto_ != nullptr; }
  /** Begins anew, with an ephemeral key of its own. The length of HELLO; 0 when it could not be made. */
  size_t hello(Crypto& crypto, const KeyBundle& own, const PublicBundle& server, uint8_t out[MAX_HELLO_BYTES]);
  /** False for an ANSWER that is not the server's to this HELLO. Ends the handshake either way. */
  bool finish(Bytes answer, const KeyBundle& own, Session& session, uint64_t nowMs);
  void end();

 private:
  void mixHash(Pieces pieces);
  bool mixAgreement(const uint8_t* privateKey, const uint8_t* peer);
  size_t sealTo(uint8_t* out, Bytes plain);

  Crypto* crypto_ = nullptr;
  uint8_t hash_[HASH_BYTES], chain_[32], key_[32], ephemeral_[PRIVATE_KEY_BYTES];
  uint8_t answerHeader_[CHANNEL_HEADER_BYTES];
};

}  // namespace gatehouse
