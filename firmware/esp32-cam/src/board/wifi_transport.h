/** TCP over Wi-Fi, with TLS where the address says so. */
#pragma once
#include <WiFi.h>
#include <WiFiClientSecure.h>

#include "../core/board.h"

namespace gatehouse {

class WifiTransport : public Transport {
 public:
  /** `authority`: PEM of config.h, for a certificate that is not of the Gatehouse's own authority; nullptr: none. */
  WifiTransport(Board& board, const char* authority) : board_(board), authority_(authority) {}

  bool open(const Address& address, const char* caPem) override;
  int read(uint8_t* out, size_t capacity) override;
  bool write(const uint8_t* bytes, size_t length) override;
  void close() override;

 private:
  Board& board_;
  const char* authority_;
  WiFiClient plain_;
  WiFiClientSecure tls_;
  WiFiClient* client_ = nullptr;
};

}  // namespace gatehouse
