#include "websocket.h"

#include <stdio.h>

namespace gatehouse {

static constexpr uint64_t OPEN_TIMEOUT_MS = 15 * 1000;
static constexpr uint8_t CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;
static constexpr uint8_t FINAL = 0x80, RESERVED = 0x70, MASKED = 0x80;
static constexpr size_t MAX_CONTROL_BYTES = 125;
static constexpr size_t KEY_CHARACTERS = 24, ACCEPT_CHARACTERS = 28;

/** Base64 with padding, of lengths that leave one or two over; from base64url by its two other letters. */
static void encodeBase64(Bytes bytes, char* out, size_t characters) {
  memset(out, '=', characters);
  out[characters] = '\0';
  encodeBase64url(bytes, out);
  for (char* at = out; *at != '\0'; at++) *at = *at == '-' ? '+' : *at == '_' ? '/' : *at;
}

bool WebSocket::open(const Address& address, const char* caPem, const char* path, const char* subprotocol) {
  close();
  uint8_t nonce[16], digest[SHA1_BYTES];
  char key[KEY_CHARACTERS + 1], accept[ACCEPT_CHARACTERS + 1], text[512];
  if (!board_.fill(nonce, sizeof nonce) || !transport_.open(address, caPem)) return false;
  isOpen_ = true;
  encodeBase64(nonce, key, KEY_CHARACTERS);
  snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  sha1(textBytes(text), digest);
  encodeBase64(digest, accept, ACCEPT_CHARACTERS);
  const int length = snprintf(text, sizeof text,
                              "GET %s HTTP/1.1\r\nHost: %s:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
                              path, address.host, address.port, key, subprotocol);
  char head[1024];
  const bool isAnswered = length > 0 && static_cast<size_t>(length) < sizeof text &&
                          transport_.write(reinterpret_cast<const uint8_t*>(text), static_cast<size_t>(length)) &&
                          readHead(head, sizeof head) && strncmp(head, "HTTP/1.1 101", 12) == 0 &&
                          strstr(head, accept) != nullptr && strstr(head, subprotocol) != nullptr;
  if (!isAnswered) close();
  heardMs_ = board_.monotonicMs();
  return isAnswered;
}

/** Byte by byte up to the empty line, so that nothing of the first frame is taken with it. */
bool WebSocket::readHead(char* head, size_t capacity) {
  const uint64_t endMs = board_.monotonicMs() + OPEN_TIMEOUT_MS;
  size_t length = 0;
  while (board_.monotonicMs() < endMs && length + 1 < capacity) {
    const int got = transport_.read(reinterpret_cast<uint8_t*>(head) + length, 1);
    if (got < 0) return false;
    if (got == 0) {
      board_.idle();
      continue;
    }
    head[++length] = '\0';
    if (length >= 4 && memcmp(head + length - 4, "\r\n\r\n", 4) == 0) return true;
  }
  return false;
}

bool WebSocket::sendFrame(uint8_t opcode, uint8_t* room, size_t length) {
  uint8_t mask[4];
  if (!isOpen_ || !board_.fill(mask, sizeof mask)) return false;
  const int extra = length < 126 ? 0 : length < 65536 ? 2 : 8;
  uint8_t* payload = room + WEBSOCKET_HEADER_BYTES;
  uint8_t* header = payload - (2 + extra + 4);
  header[0] = FINAL | opcode;
  header[1] = static_cast<uint8_t>(MASKED | (extra == 0 ? length : extra == 2 ? 126 : 127));
  putBig(header + 2, length, extra);
  memcpy(payload - 4, mask, 4);
  for (size_t at = 0; at < length; at++) payload[at] ^= mask[at & 3];
  if (transport_.write(header, static_cast<size_t>(payload - header) + length)) return true;
  close();
  return false;
}

bool WebSocket::sendBinary(uint8_t* room, size_t length) { return sendFrame(BINARY, room, length); }

bool WebSocket::sendControl(uint8_t opcode, Bytes payload) {
  uint8_t room[WEBSOCKET_HEADER_BYTES + MAX_CONTROL_BYTES];
  if (payload.length > 0) memcpy(room + WEBSOCKET_HEADER_BYTES, payload.data, payload.length);
  return sendFrame(opcode, room, payload.length);
}

void WebSocket::close() {
  if (isOpen_) transport_.close();
  isOpen_ = false;
  received_ = message_ = 0;
  opcode_ = 0;
  isGiven_ = false;
}

WebSocket::Got WebSocket::fail() {
  close();
  return Got::CLOSED;
}

/** Takes bytes of frames away that have been worked on. */
void WebSocket::drop(size_t bytes) {
  received_ -= bytes;
  memmove(buffer_ + message_, buffer_ + message_ + bytes, received_);
}

WebSocket::Got WebSocket::poll(Bytes& message) {
  if (!isOpen_) return Got::CLOSED;
  if (isGiven_) {
    // The message of the last call makes room.
    memmove(buffer_, buffer_ + message_, received_);
    message_ = 0;
    isGiven_ = false;
  }
  const size_t room = sizeof buffer_ - message_ - received_;
  const int got = room == 0 ? 0 : transport_.read(buffer_ + message_ + received_, room);
  if (got < 0) return fail();
  if (got > 0) heardMs_ = board_.monotonicMs();
  received_ += static_cast<size_t>(got);
  while (received_ >= 2) {
    const uint8_t* frame = buffer_ + message_;
    const uint8_t kind = frame[1] & 0x7f;
    const size_t header = kind == 126 ? 4 : 2;
    // A server masks nothing (§5.1), and no message of ours is longer than 16 bits say.
    if ((frame[0] & RESERVED) != 0 || (frame[1] & MASKED) != 0 || kind == 127) return fail();
    if (received_ < header) break;
    const size_t length = kind == 126 ? static_cast<size_t>(getBig(frame + 2, 2)) : kind;
    if (message_ + length > MAX_MESSAGE_BYTES) return fail();
    if (received_ < header + length) break;
    const Got what = takeFrame(header, length, message);
    if (what != Got::NOTHING) return what;
  }
  return Got::NOTHING;
}

WebSocket::Got WebSocket::takeFrame(size_t header, size_t length, Bytes& message) {
  uint8_t* frame = buffer_ + message_;
  const uint8_t opcode = frame[0] & 0x0f;
  const bool isFinal = (frame[0] & FINAL) != 0;
  if (opcode >= CLOSE) {
    if (!isFinal || length > MAX_CONTROL_BYTES) return fail();
    if (opcode == CLOSE) {
      sendControl(CLOSE, {frame + header, length});
      return fail();
    }
    if (opcode == PING && !sendControl(PONG, {frame + header, length})) return Got::CLOSED;
    if (opcode > PONG) return fail();
    drop(header + length);
    return Got::NOTHING;
  }
  const bool isFirst = opcode == TEXT || opcode == BINARY;
  if (isFirst == (opcode_ != 0) || (!isFirst && opcode != CONTINUATION)) return fail();
  if (isFirst) opcode_ = opcode;
  // The payload moves down behind the fragments before it.
  memmove(frame, frame + header, received_ - header);
  received_ -= header + length;
  message_ += length;
  if (!isFinal) return Got::NOTHING;
  const Got got = opcode_ == TEXT ? Got::TEXT : Got::BINARY;
  message = {buffer_, message_};
  isGiven_ = true;
  opcode_ = 0;
  return got;
}

}  // namespace gatehouse
