/* What both programs share: hex, big-endian numbers and the header of docs/channel.md. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 48
#define SIGNATURE_BYTES 64
#define MAX_PAYLOAD_BYTES 4096

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

/* Exactly `length` bytes, or the program ends. */
static void from_hex(const char *text, uint8_t *bytes, size_t length) {
  if (strlen(text) != 2 * length) fail("hex of the wrong length");
  for (size_t at = 0; at < length; at++) {
    unsigned value;
    if (sscanf(text + 2 * at, "%2x", &value) != 1) fail("not hex");
    bytes[at] = (uint8_t)value;
  }
}

static void print_hex(const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length; at++) printf("%02x", bytes[at]);
}

static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; i--, value >>= 8) at[i] = (uint8_t)value;
}

typedef struct {
  uint8_t suite;
  uint8_t sender[8];
  uint8_t recipient[8];
  uint64_t sequence;
  uint64_t sent_ms;
  uint32_t boot_id;
  uint32_t body_bytes;
} header_t;

#define CONTENT_METER_READING 7

static void write_header(const header_t *header, uint8_t bytes[HEADER_BYTES]) {
  memcpy(bytes, "SX", 2);
  bytes[2] = 1;
  bytes[3] = header->suite;
  bytes[4] = 0x10;
  bytes[5] = 0;
  put(bytes + 6, CONTENT_METER_READING, 2);
  memcpy(bytes + 8, header->sender, 8);
  memcpy(bytes + 16, header->recipient, 8);
  put(bytes + 24, header->sequence, 8);
  put(bytes + 32, header->sent_ms, 8);
  put(bytes + 40, header->boot_id, 4);
  put(bytes + 44, header->body_bytes, 4);
}
