#pragma once

/** Of this firmware, as the console shows it. */
#define GATEHOUSE_FIRMWARE_VERSION "1.0.0"
