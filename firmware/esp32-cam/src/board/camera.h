/** The sensor and the lamp. */
#pragma once
#include <esp_camera.h>

#include "../core/settings.h"
#include "boards.h"

namespace gatehouse {

class Camera {
 public:
  explicit Camera(const BoardPins& pins) : pins_(pins) {}

  /** Powers the sensor up; false when none answers. */
  bool begin();
  /** Without external memory a frame has to fit beside everything else. */
  bool canApply(const Settings& settings) const;
  void apply(const Settings& settings);

  /** The newest picture, for as long as it takes: give it back. nullptr when the sensor gave none. */
  camera_fb_t* take() { return esp_camera_fb_get(); }
  void giveBack(camera_fb_t* picture) { esp_camera_fb_return(picture); }

  bool hasLamp() const { return pins_.lamp >= 0; }
  bool isLampOn() const { return isLampOn_; }
  void switchLamp(bool isOn);

 private:
  const BoardPins& pins_;
  bool isLampOn_ = false;
  uint8_t lampPercent_ = 50;
};

}  // namespace gatehouse
