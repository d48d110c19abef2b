#include "camera.h"

#include <Arduino.h>

namespace gatehouse {

static constexpr int CLOCK_HZ = 20000000;
static constexpr uint32_t LAMP_HZ = 5000;
static constexpr uint8_t LAMP_BITS = 8;
/** The sensor's clock has channel 0 and timer 0; this one has another timer. */
static constexpr uint8_t LAMP_CHANNEL = 4;
static constexpr FrameSize LARGEST_WITHOUT_PSRAM = FrameSize::SVGA;

/** In the order of FrameSize. */
static const framesize_t SENSOR_SIZES[] = {FRAMESIZE_QVGA, FRAMESIZE_CIF, FRAMESIZE_VGA,  FRAMESIZE_SVGA,
                                           FRAMESIZE_XGA,  FRAMESIZE_HD,  FRAMESIZE_SXGA, FRAMESIZE_UXGA};

static framesize_t sensorSize(FrameSize size) { return SENSOR_SIZES[static_cast<size_t>(size)]; }

bool Camera::begin() {
  camera_config_t config = {};
  config.pin_pwdn = pins_.powerDown;
  config.pin_reset = pins_.reset;
  config.pin_xclk = pins_.clock;
  config.pin_sccb_sda = pins_.sccbData;
  config.pin_sccb_scl = pins_.sccbClock;
  config.pin_d0 = pins_.data[0];
  config.pin_d1 = pins_.data[1];
  config.pin_d2 = pins_.data[2];
  config.pin_d3 = pins_.data[3];
  config.pin_d4 = pins_.data[4];
  config.pin_d5 = pins_.data[5];
  config.pin_d6 = pins_.data[6];
  config.pin_d7 = pins_.data[7];
  config.pin_vsync = pins_.vsync;
  config.pin_href = pins_.href;
  config.pin_pclk = pins_.pixelClock;
  config.xclk_freq_hz = CLOCK_HZ;
  config.ledc_timer = LEDC_TIMER_0;
  config.ledc_channel = LEDC_CHANNEL_0;
  config.pixel_format = PIXFORMAT_JPEG;
  // The buffers are made once, for the largest picture that may ever be asked for.
  config.frame_size = psramFound() ? FRAMESIZE_UXGA : sensorSize(LARGEST_WITHOUT_PSRAM);
  config.jpeg_quality = 10;
  config.fb_location = psramFound() ? CAMERA_FB_IN_PSRAM : CAMERA_FB_IN_DRAM;
  config.fb_count = psramFound() ? 2 : 1;
  // The newest, never an old one.
  config.grab_mode = psramFound() ? CAMERA_GRAB_LATEST : CAMERA_GRAB_WHEN_EMPTY;
  if (hasLamp()) {
#if ESP_ARDUINO_VERSION_MAJOR >= 3
    ledcAttachChannel(pins_.lamp, LAMP_HZ, LAMP_BITS, LAMP_CHANNEL);
#else
    ledcSetup(LAMP_CHANNEL, LAMP_HZ, LAMP_BITS);
    ledcAttachPin(pins_.lamp, LAMP_CHANNEL);
#endif
  }
  return esp_camera_init(&config) == ESP_OK;
}

bool Camera::canApply(const Settings& settings) const {
  return psramFound() || settings.frameSize <= LARGEST_WITHOUT_PSRAM;
}

void Camera::apply(const Settings& settings) {
  sensor_t* sensor = esp_camera_sensor_get();
  if (sensor != nullptr) {
    sensor->set_framesize(sensor, sensorSize(settings.frameSize));
    sensor->set_quality(sensor, settings.quality);
    sensor->set_hmirror(sensor, settings.flip == Flip::HORIZONTAL || settings.flip == Flip::BOTH);
    sensor->set_vflip(sensor, settings.flip == Flip::VERTICAL || settings.flip == Flip::BOTH);
  }
  lampPercent_ = settings.lampPercent;
  switchLamp(isLampOn_);
}

void Camera::switchLamp(bool isOn) {
  isLampOn_ = isOn && hasLamp();
  if (!hasLamp()) return;
  const uint32_t duty = isLampOn_ ? lampPercent_ * 255u / 100u : 0;
#if ESP_ARDUINO_VERSION_MAJOR >= 3
  ledcWrite(pins_.lamp, duty);
#else
  ledcWrite(LAMP_CHANNEL, duty);
#endif
}

}  // namespace gatehouse
