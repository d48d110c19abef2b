/** Pins of boards with an OV2640 or alike, as their makers publish them. GATEHOUSE_BOARD (config.h) chooses one. */
#pragma once
#include <stdint.h>

namespace gatehouse {

struct BoardPins {
  const char* name;
  int8_t powerDown, reset, clock, sccbData, sccbClock;
  /** D0 … D7, in makers' sheets Y2 … Y9. */
  int8_t data[8];
  int8_t vsync, href, pixelClock;
  /** A lamp that is lit by a high level; −1: none. */
  int8_t lamp;
};

enum BoardModel { AI_THINKER, WROVER_KIT, ESP_EYE, M5STACK_PSRAM, M5STACK_WIDE, TTGO_T_JOURNAL, ESP32S3_EYE, XIAO_ESP32S3 };

/** In the order of BoardModel. */
constexpr BoardPins BOARDS[] = {
    {"AI-Thinker ESP32-CAM", 32, -1, 0, 26, 27, {5, 18, 19, 21, 36, 39, 34, 35}, 25, 23, 22, 4},
    {"ESP32-WROVER-KIT", -1, -1, 21, 26, 27, {4, 5, 18, 19, 36, 39, 34, 35}, 25, 23, 22, -1},
    {"ESP-EYE", -1, -1, 4, 18, 23, {34, 13, 14, 35, 39, 38, 37, 36}, 5, 27, 25, -1},
    {"M5Stack camera with PSRAM", -1, 15, 27, 25, 23, {32, 35, 34, 5, 39, 18, 36, 19}, 22, 26, 21, -1},
    {"M5Stack wide camera", -1, 15, 27, 22, 23, {32, 35, 34, 5, 39, 18, 36, 19}, 25, 26, 21, -1},
    {"TTGO T-Journal", 0, 15, 27, 25, 23, {17, 35, 34, 5, 39, 18, 36, 19}, 22, 26, 21, -1},
    {"ESP32-S3-EYE", -1, -1, 15, 4, 5, {11, 9, 8, 10, 12, 18, 17, 16}, 6, 7, 13, -1},
    {"Seeed XIAO ESP32S3 Sense", -1, -1, 10, 40, 39, {15, 17, 18, 16, 14, 12, 11, 48}, 38, 47, 13, -1},
};

}  // namespace gatehouse
