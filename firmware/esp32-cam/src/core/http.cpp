#include "http.h"

#include <stdio.h>
#include <stdlib.h>

namespace gatehouse {

static constexpr uint64_t TIMEOUT_MS = 15 * 1000;
static constexpr size_t MAX_HEAD_BYTES = 512;

static bool sendRequest(const HttpCall& call, const char* path, const char* body) {
  char head[MAX_HEAD_BYTES];
  const size_t bodyBytes = body == nullptr ? 0 : strlen(body);
  const int length = snprintf(head, sizeof head,
                              "%s %s HTTP/1.0\r\nHost: %s:%u\r\nConnection: close\r\nAccept: application/json\r\n"
                              "%sContent-Length: %u\r\n\r\n",
                              body == nullptr ? "GET" : "POST", path, call.address.host, call.address.port,
                              body == nullptr ? "" : "Content-Type: application/json\r\n",
                              static_cast<unsigned>(bodyBytes));
  if (length < 0 || static_cast<size_t>(length) >= sizeof head) return false;
  return call.transport.write(reinterpret_cast<const uint8_t*>(head), static_cast<size_t>(length)) &&
         (bodyBytes == 0 || call.transport.write(reinterpret_cast<const uint8_t*>(body), bodyBytes));
}

/** Until the far side ends the connection; `length` is what came. */
static bool readAll(const HttpCall& call, char* buffer, size_t capacity, size_t& length) {
  const uint64_t endMs = call.board.monotonicMs() + TIMEOUT_MS;
  length = 0;
  while (call.board.monotonicMs() < endMs) {
    if (length + 1 >= capacity) return false;
    const int got = call.transport.read(reinterpret_cast<uint8_t*>(buffer) + length, capacity - 1 - length);
    if (got < 0) {
      buffer[length] = '\0';
      return length > 0;
    }
    length += static_cast<size_t>(got);
    if (got == 0) call.board.idle();
  }
  return false;
}

/** The value of a header in lower case, which Node and nginx do not write; so every case is looked for. */
static long contentLength(const char* head, const char* end) {
  static const char NAME[] = "content-length:";
  for (const char* line = head; line < end; line++) {
    size_t at = 0;
    while (at < sizeof NAME - 1 && line + at < end && (line[at] | 0x20) == (NAME[at] | 0x20)) at++;
    if (at == sizeof NAME - 1) return strtol(line + at, nullptr, 10);
    while (line < end && *line != '\n') line++;
  }
  return -1;
}

bool exchangeJson(const HttpCall& call, const char* path, const char* body, char* buffer, size_t capacity,
                  HttpReply& reply) {
  if (!call.transport.open(call.address, call.caPem)) return false;
  size_t length = 0;
  const bool isRead = sendRequest(call, path, body) && readAll(call, buffer, capacity, length);
  call.transport.close();
  char* end = isRead ? strstr(buffer, "\r\n\r\n") : nullptr;
  if (end == nullptr || sscanf(buffer, "HTTP/1.%*d %d", &reply.status) != 1) return false;
  reply.body = end + 4;
  reply.length = length - static_cast<size_t>(reply.body - buffer);
  const long announced = contentLength(buffer, end + 2);
  return announced < 0 || static_cast<size_t>(announced) == reply.length;
}

}  // namespace gatehouse
