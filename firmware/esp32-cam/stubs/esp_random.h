#pragma once
#include <stddef.h>

void esp_fill_random(void* out, size_t length);
