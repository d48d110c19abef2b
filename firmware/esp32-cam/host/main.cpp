/**
 * The core of the camera on a Linux machine, for tests against a real server. Usage:
 *   enrol FOLDER SUITE URL CODE     makes an identity; the code is worth nothing afterwards
 *   run FOLDER [URL]                works until `quit` or the end of its input; at another address when one is given
 *   verify KEY MESSAGE SIGNATURE    Ed25519 by mbed TLS alone, all in hex: exit code 0 when it holds
 *   json                            a line of hex after the other: 1 for a text that is JSON, else 0
 * Lines of input of `run`: `frame FILE` when one is due, `frames COUNT FILE` at once, `reading`, `skip MS`, `state`, `quit`.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "../src/core/camera_link.h"
#include "../src/core/crypto_c1.h"
#include "../src/core/crypto_m1.h"
#include "../src/core/ed25519_verify.h"
#include "host_board.h"
#include "posix_transport.h"

using namespace gatehouse;

static constexpr size_t BUFFER_BYTES = 256 * 1024;

static std::unique_ptr<Crypto> cryptoOf(SuiteId suite, Random& random) {
#ifdef GATEHOUSE_HAS_M1
  if (suite == SuiteId::M1) return std::make_unique<CryptoM1>(random);
#endif
  return suite == SuiteId::C1 ? std::make_unique<CryptoC1>(random) : nullptr;
}

static int runEnrolment(const char* folder, const char* suiteName, const char* url, const char* code) {
  HostBoard board(folder);
  PosixTransport transport;
  Address address;
  std::vector<uint8_t> buffer(BUFFER_BYTES);
  Identity identity;
  const auto crypto = cryptoOf(strcmp(suiteName, "M1") == 0 ? SuiteId::M1 : SuiteId::C1, board);
  if (crypto == nullptr || !parseAddress(url, address)) return 64;
  const Enrolment result = enrol({board, transport, address, nullptr}, *crypto, code, buffer.data(), identity);
  if (!result.isDone) {
    board.log("refused", result.problem);
    return 1;
  }
  const size_t length = encodeIdentity(identity, buffer.data(), buffer.size());
  if (length == 0 || !board.save(Slot::IDENTITY, {buffer.data(), length})) return 1;
  board.log("enrolled", identity.words);
  return 0;
}

/** The next whole line of standard input, when there is one; false at its end. */
class Input {
 public:
  Input() { fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK); }

  bool next(std::string& line) {
    line.clear();
    char part[512];
    const ssize_t got = read(0, part, sizeof part);
    if (got > 0) text_.append(part, static_cast<size_t>(got));
    const size_t end = text_.find('\n');
    if (end == std::string::npos) return got != 0;
    line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return true;
  }

 private:
  std::string text_;
};

static std::vector<uint8_t> readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

#ifdef __SANITIZE_ADDRESS__
// Of sanitizer/allocator_interface.h, which gcc has without the header.
extern "C" size_t __sanitizer_get_current_allocated_bytes();
#endif

/** What is allocated now: a camera that is on for months must not need more and more. */
static size_t heapBytes() {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  return 0;
#endif
}

static void printState(const CameraLink& link) {
  const CameraLink::Counters& count = link.counters();
  printf("{\"event\":\"state\",\"live\":%s,\"framesSent\":%u,\"framesDropped\":%u,\"connects\":%u,\"refused\":%u,"
         "\"epoch\":%u,\"settingsVersion\":%lld,\"serverNowMs\":%llu,\"heapBytes\":%zu}\n",
         link.isLive() ? "true" : "false", count.framesSent, count.framesDropped, count.connects, count.refused,
         link.epoch(), static_cast<long long>(link.settingsVersion()),
         static_cast<unsigned long long>(link.serverNowMs()), heapBytes());
  fflush(stdout);
}

/** At once, or each when it is due, as a camera's are; false when one of them was not sent. */
static bool sendFrames(CameraLink& link, int count, const std::string& path, bool areAtOnce) {
  const std::vector<uint8_t> jpeg = readFile(path);
  for (int sent = 0; sent < count; sent++) {
    while (!areAtOnce && link.isLive() && !link.isFrameDue()) link.step();
    if (!link.sendFrame({jpeg.data(), jpeg.size()})) return false;
    link.step();
  }
  return true;
}

/** False to end. */
static bool obey(const std::string& line, CameraLink& link, HostBoard& board) {
  std::istringstream words(line);
  std::string what, path;
  words >> what;
  if (what == "quit") return false;
  if (what == "state") printState(link);
  if (what == "skip") {
    uint64_t ms = 0;
    words >> ms;
    board.skip(ms);
  }
  if (what == "reading") {
    const Metric metrics[] = {{"rssi", Metric::NUMBER, -61}, {"uptime", Metric::NUMBER, 0.25}, {"lamp", Metric::FLAG, 1}};
    board.log("reading", link.sendReading(metrics, 3) ? "sent" : "not sent");
  }
  if (what == "frame" || what == "frames") {
    int count = 1;
    if (what == "frames") words >> count;
    std::getline(words >> std::ws, path);
    board.log("frame", sendFrames(link, count, path, what == "frames") ? "sent" : "not sent");
  }
  return true;
}

static int run(const char* folder, const char* url) {
  HostBoard board(folder);
  PosixTransport transport;
  std::vector<uint8_t> buffer(BUFFER_BYTES);
  Identity identity;
  const size_t length = board.load(Slot::IDENTITY, buffer.data(), MAX_IDENTITY_BYTES);
  if (length == 0 || !decodeIdentity({buffer.data(), length}, identity)) {
    board.log("not_enrolled", nullptr);
    return 1;
  }
  if (url != nullptr && !parseAddress(url, identity.address)) return 64;
  const auto crypto = cryptoOf(identity.suite, board);
  if (crypto == nullptr) return 64;
  CameraLink link(board, transport, *crypto, identity, buffer.data(), buffer.size());
  link.begin();
  Input input;
  for (std::string line; input.next(line);) {
    if (!line.empty() && !obey(line, link, board)) break;
    link.step();
  }
  return 0;
}

static int verify(const char* key, const char* message, const char* signature) {
  uint8_t keyBytes[32], signatureBytes[64], messageBytes[256];
  const size_t length = strlen(message) / 2;
  if (length > sizeof messageBytes || !decodeHex(key, strlen(key), keyBytes, 32) ||
      !decodeHex(signature, strlen(signature), signatureBytes, 64) ||
      !decodeHex(message, strlen(message), messageBytes, length))
    return 64;
  return verifyEd25519(keyBytes, {messageBytes, length}, signatureBytes) ? 0 : 1;
}

/** Every question that there is, of one value and of what is in it. */
static void askEverything(const Json& json, int depth) {
  char text[64];
  uint8_t bytes[48];
  size_t length;
  int64_t number;
  bool flag;
  (void)json.text(text, sizeof text);
  (void)json.base64url(bytes, sizeof bytes, length);
  (void)json.hex(bytes, 8);
  (void)json.integer(number);
  (void)json.boolean(flag);
  (void)json.is("kind");
  if (depth == 0) return;
  json.eachMember([depth](const Json& name, const Json& value) {
    askEverything(name, 0);
    askEverything(value, depth - 1);
    return true;
  });
  json.eachItem([depth](const Json& value) {
    askEverything(value, depth - 1);
    return true;
  });
}

static int readJson() {
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<uint8_t> bytes(line.size() / 2);
    if (!decodeHex(line.data(), line.size(), bytes.data(), bytes.size())) return 64;
    const Json json = Json::parse(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    askEverything(json, 8);
    puts(json.isAbsent() ? "0" : "1");
  }
  return 0;
}

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "enrol" && argc == 6) return runEnrolment(argv[2], argv[3], argv[4], argv[5]);
  if (what == "run" && (argc == 3 || argc == 4)) return run(argv[2], argc == 4 ? argv[3] : nullptr);
  if (what == "json" && argc == 2) return readJson();
  if (what == "verify" && argc == 5) return verify(argv[2], argv[3], argv[4]);
  fprintf(stderr, "usage: see the head of main.cpp\n");
  return 64;
}
