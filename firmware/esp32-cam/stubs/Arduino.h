/** Declarations of arduino-esp32, as far as the sketch uses them: for g++ -fsyntax-only, never linked. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ESP_ARDUINO_VERSION_MAJOR
#define ESP_ARDUINO_VERSION_MAJOR 3
#endif

class String {
 public:
  const char* c_str() const;
  size_t length() const;
};

class HardwareSerial {
 public:
  void begin(unsigned long baud);
  size_t printf(const char* format, ...) __attribute__((format(printf, 2, 3)));
  size_t println(const char* text);
};
extern HardwareSerial Serial;

class EspClass {
 public:
  void restart();
  uint32_t getFreeHeap();
  uint32_t getFreePsram();
  uint64_t getEfuseMac();
};
extern EspClass ESP;

unsigned long millis();
void delay(uint32_t ms);
bool psramFound();
void* ps_malloc(size_t size);

#if ESP_ARDUINO_VERSION_MAJOR >= 3
bool ledcAttachChannel(uint8_t pin, uint32_t freq, uint8_t resolution, uint8_t channel);
bool ledcWrite(uint8_t pin, uint32_t duty);
#else
uint32_t ledcSetup(uint8_t channel, uint32_t freq, uint8_t resolution);
void ledcAttachPin(uint8_t pin, uint8_t channel);
void ledcWrite(uint8_t channel, uint32_t duty);
#endif

#define SET_LOOP_TASK_STACK_SIZE(size) \
  size_t getArduinoLoopTaskStackSize() { return size; }

void setup();
void loop();
