#include "camera_link.h"

#include <stdio.h>

namespace gatehouse {

static const char PATH[] = "/api/v1/channel", SUBPROTOCOL[] = "gatehouse.sx.v1";
static constexpr uint8_t ANSWER_TYPE = 0x22, JPEG_KIND = 1;
static constexpr uint64_t ANSWER_TIMEOUT_MS = 15 * 1000, ACK_TIMEOUT_MS = 20 * 1000;
static constexpr uint64_t PING_EVERY_MS = 30 * 1000;
static constexpr uint64_t READING_EVERY_MS = 30 * 1000;
static constexpr uint64_t FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 60 * 1000;
/** A connection that lasted this long was a good one: the next attempt comes quickly. */
static constexpr uint64_t GOOD_CONNECTION_MS = 30 * 1000;
static constexpr int MESSAGES_PER_STEP = 8;

CameraLink::CameraLink(Board& board, Transport& transport, Crypto& crypto, Identity& identity, uint8_t* buffer,
                       size_t bufferBytes)
    : board_(board),
      transport_(transport),
      crypto_(crypto),
      identity_(identity),
      buffer_(buffer),
      bufferBytes_(bufferBytes),
      socket_(board, transport),
      settings_(board, crypto, identity) {}

void CameraLink::begin() { settings_.load(); }

void CameraLink::step() {
  board_.idle();
  if (state_ == State::WAITING) {
    if (nowMs() >= retryMs_) connect();
    return;
  }
  receive();
  if (state_ != State::WAITING) keepUp();
}

void CameraLink::end(const char* reason) {
  if (state_ != State::WAITING) fail(reason);
}

void CameraLink::connect() {
  // The server may use other keys by now; what it says of them is signed by the root.
  if (failures_ > 1) refreshServerKeys();
  if (!socket_.open(identity_.address, identity_.ca(), PATH, SUBPROTOCOL)) return fail("unreachable");
  state_ = State::GREETING;
  pingMs_ = nowMs();
  if (!shakeHands()) fail("no handshake");
}

/** HELLO: the first message of a connection, and of every new session on it. */
bool CameraLink::shakeHands() {
  uint8_t* room = small_;
  const size_t length = handshake_.hello(crypto_, identity_.keys, identity_.current.bundle, room + WEBSOCKET_HEADER_BYTES);
  greetingMs_ = nowMs();
  return length > 0 && socket_.sendBinary(room, length);
}

void CameraLink::receive() {
  for (int count = 0; count < MESSAGES_PER_STEP; count++) {
    Bytes message;
    switch (socket_.poll(message)) {
      case WebSocket::Got::NOTHING:
        return;
      case WebSocket::Got::BINARY:
        took(message);
        if (state_ == State::WAITING) return;
        break;
      case WebSocket::Got::TEXT:
        // In clear the server only says that it refuses what it could not open.
        return fail("refused by the server");
      case WebSocket::Got::CLOSED:
        return fail("closed");
    }
  }
}

/** Time limits of what is under way. */
void CameraLink::keepUp() {
  const uint64_t now = nowMs();
  if (handshake_.isUnderWay() && now - greetingMs_ >= ANSWER_TIMEOUT_MS) return fail("no answer to HELLO");
  if (isAwaiting_ && now - awaitedSinceMs_ >= ACK_TIMEOUT_MS) return fail("no acknowledgement");
  if (now - pingMs_ >= PING_EVERY_MS) {
    // Nothing came since the last one.
    if (socket_.heardMs() < pingMs_) return fail("silent");
    pingMs_ = now;
    if (!socket_.ping()) return fail("not sent");
  }
  const Session& session = sessions_[current_];
  if (state_ == State::LIVE && session.isOver(now)) return fail("session over");
  if (state_ == State::LIVE && session.isHandshakeDue(now) && !handshake_.isUnderWay() && !shakeHands())
    fail("not sent");
}

void CameraLink::took(Bytes frame) {
  if (frame.length < CHANNEL_HEADER_BYTES) {
    counters_.refused++;
    return;
  }
  if (frame.data[3] == ANSWER_TYPE) return answered(frame);
  for (int which : {current_, 1 - current_}) {
    Opened said;
    if (!sessions_[which].claims(frame) || !sessions_[which].open(frame, nowMs(), plain_, said)) continue;
    if (which == current_) sessions_[1 - current_].end();
    opened(said.contentType, Json::parse(reinterpret_cast<char*>(plain_), said.length));
    return;
  }
  // Not authentic, of another session, or a second time: nothing comes of it.
  counters_.refused++;
}

void CameraLink::answered(Bytes frame) {
  const uint64_t now = nowMs();
  if (!handshake_.finish(frame, identity_.keys, sessions_[1 - current_], now)) {
    counters_.refused++;
    return fail("answer refused");
  }
  current_ = 1 - current_;
  const bool isFirst = state_ == State::GREETING;
  state_ = State::LIVE;
  // The first DATA makes the server take the session into use.
  if (!send(content::NOTHING, 0)) return;
  if (!isFirst) return;
  counters_.connects++;
  liveMs_ = nextFrameMs_ = nextReadingMs_ = now;
  board_.log("session.began", nullptr);
  board_.connected();
  report();
}

void CameraLink::opened(uint8_t contentType, const Json& message) {
  if (!message.isObject()) {
    counters_.refused++;
    return;
  }
  switch (contentType) {
    case content::ACK:
      return acknowledged(message);
    case content::COMMAND:
      return obey(message);
    case content::KEYS:
      return follow(message.member("server"));
    case content::CONTROL:
      if (message.member("kind").is("settings")) {
        settings_.take(message);
        report();
      } else if (message.member("kind").is("update")) {
        board_.updateOffered(message);
      }
      return;
    default:
      return;
  }
}

void CameraLink::acknowledged(const Json& message) {
  int64_t sequence, serverTimeMs;
  if (message.member("serverTimeMs").integer(serverTimeMs) && serverTimeMs > 0) {
    serverAheadMs_ = serverTimeMs - static_cast<int64_t>(nowMs());
    hasServerTime_ = true;
  }
  if (message.member("result").is("refused")) {
    char code[48];
    board_.log("message.refused", message.member("code").text(code, sizeof code) ? code : nullptr);
  }
  if (message.member("seq").integer(sequence) && static_cast<uint64_t>(sequence) == awaitedSequence_)
    isAwaiting_ = false;
}

void CameraLink::obey(const Json& message) {
  char id[65], name[33];
  int64_t expiresMs;
  if (!message.member("id").text(id, sizeof id) || !message.member("command").text(name, sizeof name)) return;
  const bool isExpired = message.member("expires").integer(expiresMs) && hasServerTime_ &&
                         static_cast<int64_t>(serverNowMs()) >= expiresMs;
  const char* problem = isExpired ? "expired" : board_.command(name, message.member("params"));
  board_.log("command", name);
  JsonWriter answer(text(), SMALL_PAYLOAD_BYTES);
  answer.raw("{\"id\":").string(id).raw(",\"ok\":").boolean(problem == nullptr);
  if (problem != nullptr) answer.raw(",\"reason\":").string(problem);
  answer.raw("}");
  if (answer.isSound()) send(content::COMMAND, answer.length());
}

/** What is offered, when it may replace what is known: signed by the root, and not older. */
void CameraLink::follow(const Json& servers) {
  ServerKey current, next;
  if (!servers.isObject()) return;
  if (!readServerKey(crypto_, identity_.root, servers.member("current"), current)) {
    counters_.refused++;
    return;
  }
  const Json offered = servers.member("next");
  if (offered.isAbsent())
    next = current;
  else if (!readServerKey(crypto_, identity_.root, offered, next)) {
    counters_.refused++;
    return;
  }
  const bool isSame = memcmp(current.bundle.keyId, identity_.current.bundle.keyId, KEY_ID_BYTES) == 0 &&
                      memcmp(next.bundle.keyId, identity_.next.bundle.keyId, KEY_ID_BYTES) == 0;
  if (current.notBeforeMs < identity_.current.notBeforeMs || isSame) return;
  identity_.current = current;
  identity_.next = next;
  const size_t length = encodeIdentity(identity_, buffer_, bufferBytes_);
  const bool isSaved = length > 0 && board_.save(Slot::IDENTITY, {buffer_, length});
  wipe(buffer_, length);
  board_.log(isSaved ? "server_key.followed" : "server_key.not_kept", nullptr);
}

void CameraLink::refreshServerKeys() {
  HttpReply reply;
  const HttpCall call = {board_, transport_, identity_.address, identity_.ca()};
  if (!exchangeJson(call, "/api/v1/channel/keys", nullptr, reinterpret_cast<char*>(buffer_), bufferBytes_, reply)) return;
  if (reply.status != 200) return;
  Json ours;
  Json::parse(reply.body, reply.length).member("servers").eachItem([&](const Json& one) {
    int64_t suite;
    if (one.member("suite").integer(suite) && suite == static_cast<int64_t>(crypto_.suite())) ours = one;
    return true;
  });
  follow(ours);
}

void CameraLink::report() {
  JsonWriter out(text(), SMALL_PAYLOAD_BYTES);
  settings_.writeReport(out);
  if (out.isSound()) send(content::CONTROL, out.length());
}

/** The payload stands in `small_`. */
bool CameraLink::send(uint8_t contentType, size_t payloadBytes) {
  uint8_t* frame = small_ + WEBSOCKET_HEADER_BYTES;
  const size_t length = sessions_[current_].seal(contentType, frame, payloadBytes, nowMs());
  if (length > 0 && socket_.sendBinary(small_, length)) return true;
  fail("not sent");
  return false;
}

bool CameraLink::isFrameDue() const { return isLive() && nowMs() >= nextFrameMs_; }
bool CameraLink::isReadingDue() const { return isLive() && !isAwaiting_ && nowMs() >= nextReadingMs_; }

/** Bytes up to and with the last EOI; 0 when it is no whole JPEG. */
static size_t pictureLength(Bytes jpeg) {
  if (jpeg.length < 4 || jpeg.data[0] != 0xff || jpeg.data[1] != 0xd8) return 0;
  size_t end = jpeg.length;
  while (end > 4 && jpeg.data[end - 1] == 0) end--;
  return jpeg.data[end - 2] == 0xff && jpeg.data[end - 1] == 0xd9 ? end : 0;
}

bool CameraLink::sendFrame(Bytes jpeg) {
  if (!isLive()) return false;
  const uint64_t now = nowMs(), interval = 1000 / settings().framesPerSecond;
  // What was missed is not caught up on.
  nextFrameMs_ = nextFrameMs_ + interval > now ? nextFrameMs_ + interval : now;
  const size_t length = pictureLength(jpeg);
  if (length == 0 || length + FRAME_OVERHEAD_BYTES > bufferBytes_) {
    counters_.framesDropped++;
    return false;
  }
  uint8_t* frame = buffer_ + WEBSOCKET_HEADER_BYTES;
  uint8_t* message = frame + CHANNEL_HEADER_BYTES;
  memset(message, 0, FRAME_MESSAGE_HEADER_BYTES);
  message[16] = JPEG_KIND;
  putBig(message + 20, serverNowMs(), 8);
  memcpy(message + FRAME_MESSAGE_HEADER_BYTES, jpeg.data, length);
  const size_t sealed = sessions_[current_].seal(content::JPEG, frame, FRAME_MESSAGE_HEADER_BYTES + length, now);
  if (sealed > 0 && socket_.sendBinary(buffer_, sealed)) {
    counters_.framesSent++;
    return true;
  }
  counters_.framesDropped++;
  fail("frame not sent");
  return false;
}

bool CameraLink::sendReading(const Metric* metrics, size_t count) {
  if (!isLive()) return false;
  const uint64_t now = nowMs();
  nextReadingMs_ = now + READING_EVERY_MS;
  const size_t length =
      encodeReading(serverNowMs(), metrics, count, reinterpret_cast<uint8_t*>(text()), SMALL_PAYLOAD_BYTES);
  if (length == 0) return false;
  awaitedSequence_ = sessions_[current_].nextSequence();
  awaitedSinceMs_ = now;
  isAwaiting_ = true;
  return send(content::CBOR, length);
}

uint64_t CameraLink::serverNowMs() const {
  return hasServerTime_ ? static_cast<uint64_t>(static_cast<int64_t>(nowMs()) + serverAheadMs_) : 0;
}

void CameraLink::fail(const char* reason) {
  const uint64_t now = nowMs();
  if (state_ == State::LIVE && now - liveMs_ >= GOOD_CONNECTION_MS) failures_ = 0;
  socket_.close();
  handshake_.end();
  for (Session& session : sessions_) session.end();
  state_ = State::WAITING;
  isAwaiting_ = false;
  retryMs_ = now + backoffMs();
  failures_++;
  board_.log("disconnected", reason);
}

/**
 * Uniform between a quarter and the whole of a time that doubles up to a minute: many cameras that lost their server at
 * one instant do not come back at one instant.
 */
uint64_t CameraLink::backoffMs() {
  uint8_t bytes[2] = {0xff, 0xff};
  (void)board_.fill(bytes, sizeof bytes);
  const uint32_t doublings = failures_ < 10 ? failures_ : 10;
  const uint64_t doubled = FIRST_PAUSE_MS << doublings;
  const uint64_t ceiling = doubled < LONGEST_PAUSE_MS ? doubled : LONGEST_PAUSE_MS;
  return ceiling / 4 + ceiling * 3 / 4 * getBig(bytes, 2) / 65536;
}

}  // namespace gatehouse
