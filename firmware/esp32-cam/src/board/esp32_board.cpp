#include "esp32_board.h"

#include <Arduino.h>
#include <esp_idf_version.h>
#include <esp_random.h>
#include <esp_task_wdt.h>
#include <esp_timer.h>

namespace gatehouse {

/** Longer than a TLS connection to a slow server takes at worst. */
static constexpr uint32_t WATCHDOG_MS = 40000;
static constexpr uint64_t RESTART_PAUSE_MS = 1000;
static constexpr uint8_t RESETS_FOR_SETUP = 3;

static const char* keyOf(Slot slot) { return slot == Slot::IDENTITY ? "identity" : "settings"; }

bool Esp32Board::begin() {
#if ESP_IDF_VERSION_MAJOR >= 5
  esp_task_wdt_config_t config = {};
  config.timeout_ms = WATCHDOG_MS;
  config.trigger_panic = true;
  if (esp_task_wdt_init(&config) != ESP_OK) esp_task_wdt_reconfigure(&config);
#else
  esp_task_wdt_init(WATCHDOG_MS / 1000, true);
#endif
  esp_task_wdt_add(nullptr);
  return flash_.begin("gatehouse", false);
}

/** True random numbers: while Wi-Fi is on, which it is before any key is made. */
bool Esp32Board::fill(uint8_t* out, size_t length) {
  esp_fill_random(out, length);
  return true;
}

uint64_t Esp32Board::monotonicMs() { return static_cast<uint64_t>(esp_timer_get_time()) / 1000; }

void Esp32Board::idle() {
  esp_task_wdt_reset();
  delay(1);
}

bool Esp32Board::save(Slot slot, Bytes bytes) {
  return flash_.putBytes(keyOf(slot), bytes.data, bytes.length) == bytes.length;
}

size_t Esp32Board::load(Slot slot, uint8_t* out, size_t capacity) {
  const size_t length = flash_.getBytesLength(keyOf(slot));
  return length == 0 || length > capacity ? 0 : flash_.getBytes(keyOf(slot), out, capacity);
}

void Esp32Board::forgetSettings() { flash_.remove(keyOf(Slot::SETTINGS)); }

bool Esp32Board::saveText(const char* key, const char* text) {
  return flash_.putBytes(key, text, strlen(text) + 1) == strlen(text) + 1;
}

void Esp32Board::loadText(const char* key, char* out, size_t capacity) {
  const size_t length = flash_.getBytesLength(key);
  out[0] = '\0';
  if (length > 0 && length <= capacity) flash_.getBytes(key, out, capacity);
  out[capacity - 1] = '\0';
}

const char* Esp32Board::command(const char* name, const Json& params) {
  if (strcmp(name, "lamp") == 0) {
    bool isOn;
    if (!params.member("on").boolean(isOn)) return "on is missing";
    if (!camera_.hasLamp()) return "this board has no lamp";
    camera_.switchLamp(isOn);
    return nullptr;
  }
  if (strcmp(name, "restart") == 0) {
    restartAtMs_ = monotonicMs() + RESTART_PAUSE_MS;
    return nullptr;
  }
  return "unknown";
}

void Esp32Board::restartWhenAsked() {
  if (restartAtMs_ != 0 && monotonicMs() >= restartAtMs_) ESP.restart();
}

bool Esp32Board::wasResetThrice() {
  const uint8_t resets = static_cast<uint8_t>(flash_.getUChar("resets", 0) + 1);
  flash_.putUChar("resets", resets);
  return resets >= RESETS_FOR_SETUP;
}

void Esp32Board::clearResets() {
  if (flash_.getUChar("resets", 0) != 0) flash_.putUChar("resets", 0);
}

void Esp32Board::log(const char* event, const char* detail) {
  Serial.printf("%10lu %s%s%s\n", millis(), event, detail == nullptr ? "" : ": ", detail == nullptr ? "" : detail);
}

}  // namespace gatehouse
