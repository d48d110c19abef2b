#pragma once
#include <WiFi.h>

class WiFiClientSecure : public WiFiClient {
 public:
  int connect(const char* host, uint16_t port, int32_t timeoutMs);
  void setCACert(const char* pem);
  void setInsecure();
  void setHandshakeTimeout(unsigned long seconds);
};
