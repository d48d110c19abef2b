/**
 * A camera's line to its Gatehouse: connects, shakes hands, sends frames and readings, takes settings and commands, and
 * comes back after whatever ends it. One thread; step() is called again and again. After begin() nothing is allocated
 * but what the cryptography takes and gives back during a handshake.
 */
#pragma once
#include "enrol.h"
#include "session.h"
#include "settings.h"
#include "telemetry.h"
#include "websocket.h"

namespace gatehouse {

/** In front of the picture: room for the frame of the WebSocket, the header of DATA, and camera, kind and time. */
constexpr size_t FRAME_MESSAGE_HEADER_BYTES = 28;
constexpr size_t FRAME_OVERHEAD_BYTES =
    WEBSOCKET_HEADER_BYTES + CHANNEL_HEADER_BYTES + FRAME_MESSAGE_HEADER_BYTES + MAX_AEAD_OVERHEAD_BYTES;

class CameraLink {
 public:
  struct Counters {
    uint32_t framesSent = 0;
    /** No whole JPEG, larger than the buffer, or the connection broke under it. */
    uint32_t framesDropped = 0;
    uint32_t connects = 0;
    /** Messages of the server that were not authentic, or not for us. */
    uint32_t refused = 0;
  };

  /** `buffer` is where frames are sealed: FRAME_OVERHEAD_BYTES more than the largest, and ENROLMENT_WORKSPACE_BYTES at least. */
  CameraLink(Board& board, Transport& transport, Crypto& crypto, Identity& identity, uint8_t* buffer,
             size_t bufferBytes);

  /** Takes up the identity, which is enrolled, and the settings that were kept. */
  void begin();
  /** What there is to do now; waits only for the network, and then bounded. */
  void step();
  void end(const char* reason);

  bool isLive() const { return state_ == State::LIVE; }
  bool isFrameDue() const;
  bool isReadingDue() const;
  /** The camera's picture, from SOI on; zeros behind its EOI are cut off. Not acknowledged: the next one is newer. */
  bool sendFrame(Bytes jpeg);
  bool sendReading(const Metric* metrics, size_t count);

  const Settings& settings() const { return settings_.settings(); }
  int64_t settingsVersion() const { return settings_.version(); }
  /** By the server's clock, Unix ms; 0 before it said its time. */
  uint64_t serverNowMs() const;
  const Counters& counters() const { return counters_; }
  uint16_t epoch() const { return sessions_[current_].epoch(); }

 private:
  enum class State { WAITING, GREETING, LIVE };

  void connect();
  bool shakeHands();
  void receive();
  void keepUp();
  void took(Bytes frame);
  void answered(Bytes frame);
  void opened(uint8_t contentType, const Json& message);
  void acknowledged(const Json& message);
  void obey(const Json& message);
  void follow(const Json& servers);
  void refreshServerKeys();
  void report();
  bool send(uint8_t contentType, size_t payloadBytes);
  void fail(const char* reason);
  uint64_t backoffMs();
  uint64_t nowMs() const { return board_.monotonicMs(); }
  char* text() { return reinterpret_cast<char*>(small_ + WEBSOCKET_HEADER_BYTES + CHANNEL_HEADER_BYTES); }

  static constexpr size_t SMALL_PAYLOAD_BYTES = 1024;

  Board& board_;
  Transport& transport_;
  Crypto& crypto_;
  Identity& identity_;
  uint8_t* buffer_;
  size_t bufferBytes_;
  WebSocket socket_;
  SettingsKeeper settings_;
  Handshake handshake_;
  /** The one in use and, until the first message of it came, the one before. */
  Session sessions_[2];
  int current_ = 0;

  State state_ = State::WAITING;
  uint64_t retryMs_ = 0, greetingMs_ = 0, liveMs_ = 0, pingMs_ = 0;
  uint32_t failures_ = 0;
  uint64_t nextFrameMs_ = 0, nextReadingMs_ = 0;
  /** Of the reading that is not acknowledged yet. */
  bool isAwaiting_ = false;
  uint64_t awaitedSequence_ = 0, awaitedSinceMs_ = 0;
  bool hasServerTime_ = false;
  int64_t serverAheadMs_ = 0;
  Counters counters_;
  uint8_t small_[WEBSOCKET_HEADER_BYTES + CHANNEL_HEADER_BYTES + SMALL_PAYLOAD_BYTES + MAX_AEAD_OVERHEAD_BYTES];
  uint8_t plain_[WebSocket::MAX_MESSAGE_BYTES];
};

}  // namespace gatehouse
