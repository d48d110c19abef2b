#pragma once
#include <Arduino.h>

enum wl_status_t { WL_IDLE_STATUS = 0, WL_CONNECTED = 3, WL_DISCONNECTED = 6 };
enum wifi_mode_t { WIFI_MODE_NULL = 0, WIFI_MODE_STA, WIFI_MODE_AP, WIFI_MODE_APSTA };
#define WIFI_STA WIFI_MODE_STA
#define WIFI_AP_STA WIFI_MODE_APSTA

class IPAddress {
 public:
  String toString() const;
};

class WiFiClient {
 public:
  virtual ~WiFiClient();
  int connect(const char* host, uint16_t port, int32_t timeoutMs);
  virtual size_t write(const uint8_t* bytes, size_t size);
  virtual int available();
  virtual int read(uint8_t* bytes, size_t size);
  virtual void stop();
  virtual uint8_t connected();
  int setNoDelay(bool noDelay);
};

class WiFiClass {
 public:
  wl_status_t status();
  bool mode(wifi_mode_t mode);
  wl_status_t begin(const char* network, const char* password);
  bool setAutoReconnect(bool isOn);
  int8_t RSSI();
  bool softAP(const char* network, const char* password);
  bool softAPdisconnect(bool isOff);
  IPAddress softAPIP();
};
extern WiFiClass WiFi;
