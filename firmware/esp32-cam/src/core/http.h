#pragma once
#include "board.h"

namespace gatehouse {

/** What an HTTP exchange brought; `body` lies in the buffer that was given for it. */
struct HttpReply {
  int status;
  char* body;
  size_t length;
};

/** Where an exchange goes, and what it may use. */
struct HttpCall {
  Board& board;
  Transport& transport;
  const Address& address;
  /** As for Transport::open. */
  const char* caPem;
};

/**
 * One request on a connection of its own, HTTP/1.0: the answer is never chunked and ends with the connection. POST when
 * there is a body. At most 15 seconds; false when no whole answer came that fits into `buffer`.
 */
bool exchangeJson(const HttpCall& call, const char* path, const char* body, char* buffer, size_t capacity,
                  HttpReply& reply);

}  // namespace gatehouse
