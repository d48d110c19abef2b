#include "wifi_transport.h"

namespace gatehouse {

static constexpr int32_t CONNECT_TIMEOUT_MS = 10000;
static constexpr unsigned long HANDSHAKE_TIMEOUT_SECONDS = 12;
static constexpr uint64_t WRITE_TIMEOUT_MS = 10000;
/** One call of write waits for at most a second a try; smaller pieces let the watchdog be fed in between. */
static constexpr size_t PIECE_BYTES = 8 * 1024;

bool WifiTransport::open(const Address& address, const char* caPem) {
  close();
  if (WiFi.status() != WL_CONNECTED) return false;
  if (address.isTls) {
    const char* authority = caPem != nullptr ? caPem : authority_;
    tls_.setHandshakeTimeout(HANDSHAKE_TIMEOUT_SECONDS);
    if (authority != nullptr) {
      tls_.setCACert(authority);
    } else {
      // Nobody vouches for the certificate: at an enrolment the claim code does for everything said, later the channel.
      tls_.setInsecure();
      board_.log("tls.not_verified", nullptr);
    }
    if (tls_.connect(address.host, address.port, CONNECT_TIMEOUT_MS)) client_ = &tls_;
  } else if (plain_.connect(address.host, address.port, CONNECT_TIMEOUT_MS)) {
    client_ = &plain_;
  }
  if (client_ != nullptr) client_->setNoDelay(true);
  return client_ != nullptr;
}

int WifiTransport::read(uint8_t* out, size_t capacity) {
  if (client_ == nullptr) return -1;
  const int waiting = client_->available();
  if (waiting <= 0) return client_->connected() ? 0 : -1;
  const size_t length = static_cast<size_t>(waiting) < capacity ? static_cast<size_t>(waiting) : capacity;
  const int got = client_->read(out, length);
  return got < 0 ? (client_->connected() ? 0 : -1) : got;
}

bool WifiTransport::write(const uint8_t* bytes, size_t length) {
  const uint64_t endMs = board_.monotonicMs() + WRITE_TIMEOUT_MS;
  while (length > 0 && client_ != nullptr) {
    const size_t sent = client_->write(bytes, length < PIECE_BYTES ? length : PIECE_BYTES);
    bytes += sent;
    length -= sent;
    if (sent == 0 && (!client_->connected() || board_.monotonicMs() >= endMs)) return false;
    board_.idle();
  }
  return length == 0;
}

void WifiTransport::close() {
  if (client_ != nullptr) client_->stop();
  client_ = nullptr;
}

}  // namespace gatehouse
