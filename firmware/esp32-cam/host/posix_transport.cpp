#include "posix_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static constexpr int WRITE_TIMEOUT_MS = 10'000;

bool PosixTransport::open(const gatehouse::Address& address, const char*) {
  close();
  if (address.isTls) return false;
  char port[8];
  snprintf(port, sizeof port, "%u", address.port);
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(address.host, port, &hints, &found) != 0) return false;
  for (const addrinfo* one = found; one != nullptr && socket_ < 0; one = one->ai_next) {
    socket_ = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (socket_ >= 0 && connect(socket_, one->ai_addr, one->ai_addrlen) != 0) close();
  }
  freeaddrinfo(found);
  if (socket_ < 0) return false;
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  return true;
}

int PosixTransport::read(uint8_t* out, size_t capacity) {
  if (socket_ < 0) return -1;
  const ssize_t got = recv(socket_, out, capacity, 0);
  if (got > 0) return static_cast<int>(got);
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool PosixTransport::write(const uint8_t* bytes, size_t length) {
  while (length > 0 && socket_ >= 0) {
    const ssize_t sent = send(socket_, bytes, length, MSG_NOSIGNAL);
    if (sent > 0) {
      bytes += sent;
      length -= static_cast<size_t>(sent);
      continue;
    }
    pollfd waiting = {socket_, POLLOUT, 0};
    if ((errno != EAGAIN && errno != EINTR) || poll(&waiting, 1, WRITE_TIMEOUT_MS) <= 0) return false;
  }
  return length == 0;
}

void PosixTransport::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}
