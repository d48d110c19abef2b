/** The ESP32 under the core: random numbers, time, flash, watchdog, camera, lamp. */
#pragma once
#include <Preferences.h>

#include "../core/settings.h"
#include "camera.h"

namespace gatehouse {

class Esp32Board : public Board {
 public:
  explicit Esp32Board(Camera& camera) : camera_(camera) {}

  /** Opens flash and starts the watchdog. */
  bool begin();

  bool fill(uint8_t* out, size_t length) override;
  uint64_t monotonicMs() override;
  void idle() override;
  bool save(Slot slot, Bytes bytes) override;
  size_t load(Slot slot, uint8_t* out, size_t capacity) override;
  bool canApply(const Settings& settings) override { return camera_.canApply(settings); }
  void apply(const Settings& settings) override { camera_.apply(settings); }
  const char* command(const char* name, const Json& params) override;
  void log(const char* event, const char* detail) override;

  /** Texts of the set-up; empty when there is none. */
  bool saveText(const char* key, const char* text);
  void loadText(const char* key, char* out, size_t capacity);
  void forgetSettings();

  /** Restarts once a command has asked for it and its answer has had time to go. */
  void restartWhenAsked();
  /**
   * Counts starts that follow one another within ten seconds: true at the third, which is how somebody without a
   * button asks for the set-up.
   */
  bool wasResetThrice();
  void clearResets();

 private:
  Camera& camera_;
  Preferences flash_;
  uint64_t restartAtMs_ = 0;
};

}  // namespace gatehouse
