#include "session.h"

namespace gatehouse {

static constexpr uint8_t TO_SERVER = 1, TO_DEVICE = 2;
static constexpr uint8_t DATA = 0x20;
static constexpr uint16_t MAX_EPOCH = 0xffff, EPOCHS_AHEAD = 8;
static constexpr uint64_t LATE_MS = 60 * 1000;
/** Flags: forwarded, command, stored and sent late. */
static constexpr uint8_t KNOWN_FLAGS = 0x0e;

void Session::begin(Crypto& crypto, const uint8_t hash[HASH_BYTES], const uint8_t toServer[32],
                    const uint8_t toDevice[32], uint64_t nowMs) {
  end();
  crypto_ = &crypto;
  startedMs_ = sendingSinceMs_ = nowMs;
  memcpy(hash_, hash, HASH_BYTES);
  memcpy(sendingSecret_, toServer, 32);
  memcpy(receiving_.secret, toDevice, 32);
  uint8_t digest[HASH_BYTES];
  sha256({label("SX-sid-v1"), Bytes(hash_)}, digest);
  memcpy(id_, digest, sizeof id_);
  derive(sendingSecret_, TO_SERVER, 0, sendingKey_);
  derive(receiving_.secret, TO_DEVICE, 0, receiving_.key);
}

void Session::end() {
  crypto_ = nullptr;
  receiving_ = ReceivingKeys();
  for (uint8_t* secret : {sendingSecret_, sendingKey_}) wipe(secret, 32);
  sendingEpoch_ = 0;
  sendingCount_ = 0;
  sequence_ = seenEnd_ = lowest_ = steppedMs_ = 0;
  memset(seen_, 0, sizeof seen_);
}

/** The key of an epoch; `secret` becomes the one of the next, so that no earlier key can be computed from it. */
void Session::derive(uint8_t secret[32], uint8_t direction, uint16_t epoch, uint8_t key[32]) const {
  uint8_t terms[4] = {static_cast<uint8_t>(crypto_->suite()), direction}, both[64];
  putBig(terms + 2, epoch, 2);
  hkdf({secret, 32}, hash_, {label("SX-epoch-v1"), Bytes(terms)}, both, sizeof both);
  memcpy(secret, both, 32);
  memcpy(key, both + 32, 32);
  wipe(both, sizeof both);
}

bool Session::stepSending(uint64_t nowMs) {
  if (sendingCount_ >= EPOCH_MESSAGES || nowMs - sendingSinceMs_ >= EPOCH_MS) {
    if (sendingEpoch_ == MAX_EPOCH) return false;
    derive(sendingSecret_, TO_SERVER, ++sendingEpoch_, sendingKey_);
    sendingCount_ = 0;
    sendingSinceMs_ = nowMs;
  }
  sendingCount_++;
  return true;
}

size_t Session::seal(uint8_t contentType, uint8_t* frame, size_t payloadBytes, uint64_t nowMs) {
  if (isOver(nowMs) || !stepSending(nowMs)) return 0;
  const uint64_t sequence = sequence_++;
  frame[0] = 'S';
  frame[1] = 'X';
  frame[2] = static_cast<uint8_t>(0x10 + static_cast<uint8_t>(crypto_->suite()));
  frame[3] = DATA;
  frame[4] = 0;
  frame[5] = contentType;
  putBig(frame + 6, sendingEpoch_, 2);
  memcpy(frame + 8, id_, sizeof id_);
  putBig(frame + 16, sequence, 8);
  const size_t sealed = crypto_->seal(sendingKey_, {TO_SERVER, sendingEpoch_, sequence}, {frame, CHANNEL_HEADER_BYTES},
                                      frame + CHANNEL_HEADER_BYTES, payloadBytes);
  return sealed == 0 ? 0 : CHANNEL_HEADER_BYTES + sealed;
}

bool Session::claims(Bytes frame) const {
  return crypto_ != nullptr && frame.length >= CHANNEL_HEADER_BYTES && frame.data[3] == DATA &&
         memcmp(frame.data + 8, id_, sizeof id_) == 0;
}

/** What can be refused without a key. */
bool Session::isOurs(Bytes frame, uint64_t nowMs) const {
  if (isOver(nowMs) || !claims(frame)) return false;
  const uint8_t version = static_cast<uint8_t>(0x10 + static_cast<uint8_t>(crypto_->suite()));
  return frame.data[0] == 'S' && frame.data[1] == 'X' && frame.data[2] == version &&
         (frame.data[4] & ~KNOWN_FLAGS) == 0;
}

/** The keys of an epoch, on copies: the session steps only once a message of it has proved authentic. */
bool Session::findEpoch(uint16_t epoch, ReceivingKeys& keys) const {
  const int ahead = static_cast<int>(epoch) - static_cast<int>(receiving_.epoch);
  keys = receiving_;
  if (ahead == -1 && receiving_.hasPrevious) {
    memcpy(keys.key, receiving_.previous, 32);
    return true;
  }
  if (ahead < 0 || ahead > EPOCHS_AHEAD) return false;
  while (keys.epoch != epoch) {
    memcpy(keys.previous, keys.key, 32);
    keys.hasPrevious = true;
    derive(keys.secret, TO_DEVICE, ++keys.epoch, keys.key);
  }
  return true;
}

void Session::forgetPrevious() {
  wipe(receiving_.previous, sizeof receiving_.previous);
  receiving_.hasPrevious = false;
}

bool Session::open(Bytes frame, uint64_t nowMs, uint8_t* out, Opened& opened) {
  if (!isOurs(frame, nowMs)) return false;
  const Bytes header(frame.data, CHANNEL_HEADER_BYTES);
  const Bytes sealed(frame.data + CHANNEL_HEADER_BYTES, frame.length - CHANNEL_HEADER_BYTES);
  const uint16_t epoch = static_cast<uint16_t>(getBig(header.data + 6, 2));
  const uint64_t sequence = getBig(header.data + 16, 8);
  if (nowMs - steppedMs_ > LATE_MS) forgetPrevious();
  ReceivingKeys keys;
  if (!isUnseen(sequence) || !findEpoch(epoch, keys)) return false;
  if (!crypto_->open(keys.key, {TO_DEVICE, epoch, sequence}, header, sealed, out, opened.length)) return false;
  opened.contentType = header.data[5];
  accept(sequence);
  if (keys.epoch != receiving_.epoch) {
    receiving_ = keys;
    steppedMs_ = nowMs;
    lowest_ = sequence;
  } else if (epoch == receiving_.epoch && sequence < lowest_) {
    lowest_ = sequence;
  }
  // Whatever the epoch before could still bring is outside the window by now.
  if (seenEnd_ - 1 >= lowest_ + WINDOW) forgetPrevious();
  return true;
}

bool Session::isUnseen(uint64_t sequence) const {
  if (sequence >= seenEnd_) return true;
  if (sequence + WINDOW < seenEnd_) return false;
  return (seen_[sequence % WINDOW / 32] >> (sequence % 32) & 1) == 0;
}

void Session::accept(uint64_t sequence) {
  if (sequence >= seenEnd_) {
    if (sequence - seenEnd_ >= WINDOW)
      memset(seen_, 0, sizeof seen_);
    else
      for (uint64_t skipped = seenEnd_; skipped < sequence; skipped++)
        seen_[skipped % WINDOW / 32] &= ~(1u << (skipped % 32));
    seenEnd_ = sequence + 1;
  }
  seen_[sequence % WINDOW / 32] |= 1u << (sequence % 32);
}

}  // namespace gatehouse
