#include "host_board.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

using namespace gatehouse;

bool HostBoard::fill(uint8_t* out, size_t length) { return getrandom(out, length, 0) == static_cast<ssize_t>(length); }

uint64_t HostBoard::monotonicMs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000 + skippedMs_;
}

void HostBoard::idle() { usleep(500); }

std::string HostBoard::path(Slot slot) const {
  return folder_ + (slot == Slot::IDENTITY ? "/identity.bin" : "/settings.bin");
}

bool HostBoard::save(Slot slot, Bytes bytes) {
  const std::string target = path(slot), fresh = target + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) return false;
  const bool isWritten = write(file, bytes.data, bytes.length) == static_cast<ssize_t>(bytes.length) && fsync(file) == 0;
  return close(file) == 0 && isWritten && rename(fresh.c_str(), target.c_str()) == 0;
}

size_t HostBoard::load(Slot slot, uint8_t* out, size_t capacity) {
  const int file = open(path(slot).c_str(), O_RDONLY);
  if (file < 0) return 0;
  const ssize_t length = read(file, out, capacity);
  uint8_t more;
  const bool isWhole = length >= 0 && read(file, &more, 1) == 0;
  close(file);
  return isWhole ? static_cast<size_t>(length) : 0;
}

/** As a board without external memory: its largest pictures are VGA. */
bool HostBoard::canApply(const Settings& settings) { return settings.frameSize <= FrameSize::SVGA; }

void HostBoard::apply(const Settings& settings) {
  char text[128];
  JsonWriter out(text, sizeof text);
  writeSettings(settings, out);
  printf("{\"event\":\"applied\",\"settings\":%s}\n", text);
  fflush(stdout);
}

const char* HostBoard::command(const char* name, const Json& params) {
  bool isOn = false;
  if (strcmp(name, "lamp") == 0) {
    if (!params.member("on").boolean(isOn)) return "on is missing";
    log("lamp", isOn ? "on" : "off");
    return nullptr;
  }
  return "unknown";
}

void HostBoard::log(const char* event, const char* detail) {
  char text[256];
  JsonWriter out(text, sizeof text);
  out.raw("{\"event\":").string(event);
  if (detail != nullptr) out.raw(",\"detail\":").string(detail);
  puts(out.raw("}").isSound() ? text : "{}");
  fflush(stdout);
}

void HostBoard::updateOffered(const Json& message) {
  char manifest[64];
  log("update", message.member("manifest").text(manifest, sizeof manifest) ? manifest : nullptr);
}
