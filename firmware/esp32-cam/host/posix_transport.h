/** A TCP connection of a Linux machine, without TLS: for tests of the core. */
#pragma once
#include "../src/core/board.h"

class PosixTransport : public gatehouse::Transport {
 public:
  ~PosixTransport() override { close(); }
  bool open(const gatehouse::Address& address, const char* caPem) override;
  int read(uint8_t* out, size_t capacity) override;
  bool write(const uint8_t* bytes, size_t length) override;
  void close() override;

 private:
  int socket_ = -1;
};
