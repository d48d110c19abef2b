#pragma once
#include <Arduino.h>

#include <functional>

enum HTTPMethod { HTTP_GET = 1, HTTP_POST = 3 };

class WebServer {
 public:
  explicit WebServer(int port);
  void on(const char* path, HTTPMethod method, std::function<void()> handler);
  void begin();
  void stop();
  void handleClient();
  String arg(const char* name);
  void sendHeader(const char* name, const char* value);
  void send(int status, const char* type, const char* body);
};
