/**
 * A camera for Gatehouse on an ESP32 with an OV2640. See README.md beside this file. Everything that speaks to the
 * server is in src/core, which knows no board; this file puts it on one.
 */
#if __has_include("config.h")
#include "config.h"
#endif

#include <Arduino.h>
#include <WiFi.h>
#include <esp_system.h>

#include "src/board/esp32_board.h"
#include "src/board/setup_portal.h"
#include "src/board/wifi_transport.h"
#include "src/core/camera_link.h"
#include "src/core/crypto_c1.h"
#include "src/core/crypto_m1.h"

#ifndef GATEHOUSE_BOARD
#define GATEHOUSE_BOARD AI_THINKER
#endif
#ifndef SERVER_AUTHORITY
#define SERVER_AUTHORITY nullptr
#endif
#ifndef WIFI_PASSWORD
#define WIFI_PASSWORD ""
#endif
#if defined(GATEHOUSE_SUITE) && GATEHOUSE_SUITE == 2 && !defined(GATEHOUSE_HAS_M1)
#error "Suite M1 needs libsodium"
#endif

using namespace gatehouse;

// A TLS handshake and a signature to check take more than the 8 KiB that a loop has otherwise.
SET_LOOP_TASK_STACK_SIZE(16 * 1024);

static constexpr uint32_t WIFI_TIMEOUT_MS = 20000;
static constexpr uint64_t QUICK_RESET_MS = 10000;
/** How long the set-up page stays, so that somebody reads the four words. */
static constexpr uint64_t PORTAL_AFTER_ENROLMENT_MS = 5 * 60 * 1000;
/** Without a session for so long, something is stuck that a restart may mend. */
static constexpr uint64_t LONELY_MS = 15 * 60 * 1000;
static constexpr size_t BUFFER_WITH_PSRAM = 384 * 1024;
static constexpr size_t BUFFER_WITHOUT_PSRAM = 40 * 1024;
static_assert(BUFFER_WITHOUT_PSRAM >= ENROLMENT_WORKSPACE_BYTES, "an enrolment uses the same buffer");

static Camera camera(BOARDS[GATEHOUSE_BOARD]);
static Esp32Board board(camera);
static WifiTransport transport(board, SERVER_AUTHORITY);
static SetupPortal portal(board);
static CryptoC1 suiteC1(board);
#ifdef GATEHOUSE_HAS_M1
static CryptoM1 suiteM1(board);
#endif
static Identity identity;
static uint8_t* buffer;
static size_t bufferBytes;
static CameraLink* line;
static uint64_t portalEndsMs;
static uint64_t lastLiveMs;
static bool areResetsCleared;

static Crypto& cryptoOf(SuiteId suite) {
#ifdef GATEHOUSE_HAS_M1
  if (suite == SuiteId::M1) return suiteM1;
#endif
  (void)suite;
  return suiteC1;
}

static SuiteId ownSuite() {
#if defined(GATEHOUSE_SUITE)
  return static_cast<SuiteId>(GATEHOUSE_SUITE);
#elif defined(GATEHOUSE_HAS_M1)
  return SuiteId::M1;
#else
  return SuiteId::C1;
#endif
}

static bool joinWifi(const char* network, const char* password) {
  if (network[0] == '\0') return false;
  WiFi.mode(portal.isOpen() ? WIFI_AP_STA : WIFI_STA);
  WiFi.setAutoReconnect(true);
  WiFi.begin(network, password);
  const uint32_t startedMs = millis();
  while (WiFi.status() != WL_CONNECTED && millis() - startedMs < WIFI_TIMEOUT_MS) {
    board.idle();
    portal.step();
  }
  return WiFi.status() == WL_CONNECTED;
}

/** From flash, or from config.h where flash has none. */
static void loadSetup(Setup& setup) {
  board.loadText("network", setup.network, sizeof setup.network);
  board.loadText("password", setup.networkPassword, sizeof setup.networkPassword);
#ifdef WIFI_NETWORK
  if (setup.network[0] == '\0') {
    snprintf(setup.network, sizeof setup.network, "%s", WIFI_NETWORK);
    snprintf(setup.networkPassword, sizeof setup.networkPassword, "%s", WIFI_PASSWORD);
  }
#endif
#if defined(GATEHOUSE_URL) && defined(CLAIM_CODE)
  snprintf(setup.url, sizeof setup.url, "%s", GATEHOUSE_URL);
  snprintf(setup.code, sizeof setup.code, "%s", CLAIM_CODE);
#endif
}

static void beginLink() {
  delete line;
  line = new CameraLink(board, transport, cryptoOf(identity.suite), identity, buffer, bufferBytes);
  line->begin();
}

static bool loadIdentity() {
  const size_t length = board.load(Slot::IDENTITY, buffer, MAX_IDENTITY_BYTES);
  const bool isLoaded = length > 0 && decodeIdentity({buffer, length}, identity);
  wipe(buffer, length);
  // Flashed anew without the library that its keys need.
  const bool isOfSuite = isLoaded && cryptoOf(identity.suite).suite() == identity.suite;
  if (isLoaded && !isOfSuite) board.log("identity.suite_missing", nullptr);
  return isOfSuite;
}

/** Joins the network and enrols; what it says is for people. */
static void setUp(const Setup& setup) {
  char said[120];
  Address address;
  if (!joinWifi(setup.network, setup.networkPassword)) return portal.say("The Wi-Fi did not let the camera in.");
  if (!parseAddress(setup.url, address)) return portal.say("That is not the address of a Gatehouse.");
  delete line;
  line = nullptr;
  const HttpCall call = {board, transport, address, SERVER_AUTHORITY};
  static Identity fresh;
  const Enrolment result = enrol(call, cryptoOf(ownSuite()), setup.code, buffer, fresh);
  if (!result.isDone) {
    snprintf(said, sizeof said, "The Gatehouse did not take the camera: %s.", result.problem);
    if (loadIdentity()) beginLink();
    return portal.say(said);
  }
  const size_t length = encodeIdentity(fresh, buffer, bufferBytes);
  const bool isKept = length > 0 && board.save(Slot::IDENTITY, {buffer, length}) &&
                      board.saveText("network", setup.network) && board.saveText("password", setup.networkPassword);
  wipe(buffer, length);
  if (!isKept) return portal.say("The camera's memory did not take it.");
  // Settings are of the identity before, and nobody would sign them again.
  board.forgetSettings();
  identity = fresh;
  wipe(&fresh, sizeof fresh);
  snprintf(said, sizeof said, "Connected. Compare these words with the console's: %s", identity.words);
  portal.say(said);
  portalEndsMs = board.monotonicMs() + PORTAL_AFTER_ENROLMENT_MS;
  beginLink();
}

static void sendReading() {
  const CameraLink::Counters& counters = line->counters();
  const uint32_t reconnects = counters.connects > 0 ? counters.connects - 1 : 0;
  Metric metrics[8] = {
      {"rssi", Metric::NUMBER, static_cast<double>(WiFi.RSSI())},
      {"freeHeap", Metric::NUMBER, static_cast<double>(ESP.getFreeHeap())},
      {"uptime", Metric::NUMBER, static_cast<double>(board.monotonicMs()) / 3600000.0},
      {"lamp", Metric::FLAG, camera.isLampOn() ? 1.0 : 0.0},
      {"framesDropped", Metric::NUMBER, static_cast<double>(counters.framesDropped)},
      {"reconnects", Metric::NUMBER, static_cast<double>(reconnects)},
      {"configVersion", Metric::NUMBER, static_cast<double>(line->settingsVersion())},
      {"freePsram", Metric::NUMBER, static_cast<double>(ESP.getFreePsram())},
  };
  line->sendReading(metrics, psramFound() ? 8 : 7);
}

static void sendPicture() {
  camera_fb_t* picture = camera.take();
  if (picture == nullptr) return board.log("camera.no_picture", nullptr);
  line->sendFrame({picture->buf, picture->len});
  camera.giveBack(picture);
}

void setup() {
  Serial.begin(115200);
  if (!board.begin()) board.log("flash.failed", nullptr);
  // A weak supply shows here: a camera and Wi-Fi draw up to half an ampere at once.
  if (esp_reset_reason() == ESP_RST_BROWNOUT) board.log("start.after_brownout", "use a better power supply");
  if (esp_reset_reason() == ESP_RST_TASK_WDT) board.log("start.after_watchdog", nullptr);
  board.log("board", BOARDS[GATEHOUSE_BOARD].name);
  bufferBytes = psramFound() ? BUFFER_WITH_PSRAM : BUFFER_WITHOUT_PSRAM;
  buffer = static_cast<uint8_t*>(psramFound() ? ps_malloc(bufferBytes) : malloc(bufferBytes));
  if (buffer == nullptr || !camera.begin()) {
    board.log("camera.failed", "check the ribbon cable and GATEHOUSE_BOARD");
    delay(5000);
    ESP.restart();
  }
  const bool isAsked = board.wasResetThrice();
  Setup setup;
  loadSetup(setup);
  if (loadIdentity()) {
    joinWifi(setup.network, setup.networkPassword);
    beginLink();
  } else if (setup.url[0] != '\0') {
    setUp(setup);
  }
  wipe(&setup, sizeof setup);
  if (isAsked || line == nullptr) portal.begin();
}

void loop() {
  board.idle();
  board.restartWhenAsked();
  if (!areResetsCleared && board.monotonicMs() >= QUICK_RESET_MS) {
    areResetsCleared = true;
    board.clearResets();
  }
  portal.step();
  Setup setup;
  if (portal.take(setup)) setUp(setup);
  wipe(&setup, sizeof setup);
  if (portalEndsMs != 0 && board.monotonicMs() >= portalEndsMs) {
    portal.end();
    portalEndsMs = 0;
  }
  if (line == nullptr) return;
  line->step();
  if (line->isLive() || portal.isOpen()) lastLiveMs = board.monotonicMs();
  if (board.monotonicMs() - lastLiveMs >= LONELY_MS) ESP.restart();
  if (line->isReadingDue()) sendReading();
  if (line->isFrameDue()) sendPicture();
}
