/** A machine without a camera: two files for flash, lines of JSON on standard output for everything that happens. */
#pragma once
#include <string>

#include "../src/core/settings.h"

class HostBoard : public gatehouse::Board {
 public:
  explicit HostBoard(std::string folder) : folder_(std::move(folder)) {}

  bool fill(uint8_t* out, size_t length) override;
  uint64_t monotonicMs() override;
  void idle() override;
  bool save(gatehouse::Slot slot, gatehouse::Bytes bytes) override;
  size_t load(gatehouse::Slot slot, uint8_t* out, size_t capacity) override;
  bool canApply(const gatehouse::Settings& settings) override;
  void apply(const gatehouse::Settings& settings) override;
  const char* command(const char* name, const gatehouse::Json& params) override;
  void log(const char* event, const char* detail) override;
  void updateOffered(const gatehouse::Json& message) override;

  /** Lets time pass without waiting. */
  void skip(uint64_t ms) { skippedMs_ += ms; }

 private:
  std::string path(gatehouse::Slot slot) const;

  std::string folder_;
  uint64_t skippedMs_ = 0;
};
