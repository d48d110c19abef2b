#pragma once
#include <esp_camera.h>
#include <esp_idf_version.h>

#if ESP_IDF_VERSION_MAJOR >= 5
struct esp_task_wdt_config_t {
  uint32_t timeout_ms;
  uint32_t idle_core_mask;
  bool trigger_panic;
};
esp_err_t esp_task_wdt_init(const esp_task_wdt_config_t* config);
esp_err_t esp_task_wdt_reconfigure(const esp_task_wdt_config_t* config);
#else
esp_err_t esp_task_wdt_init(uint32_t timeoutSeconds, bool isPanic);
#endif
esp_err_t esp_task_wdt_add(void* task);
esp_err_t esp_task_wdt_reset();
