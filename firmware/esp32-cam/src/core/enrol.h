#pragma once
#include "http.h"
#include "identity.h"

namespace gatehouse {

/** What an enrolment needs for a moment; later it is room for frames. */
constexpr size_t ENROLMENT_WORKSPACE_BYTES = 24 * 1024;

struct Enrolment {
  bool isDone;
  /** Why not: the server's code (docs/errors.md), or our own word. */
  char problem[48];
};

/**
 * Makes the device's keys, proves that it has them with a claim code, and takes over what the server answers: the code
 * authenticates both directions, so that nobody in between can change anything. Keeps nothing; `identity` is complete
 * when it is done.
 */
Enrolment enrol(const HttpCall& call, Crypto& crypto, const char* code, uint8_t workspace[ENROLMENT_WORKSPACE_BYTES],
                Identity& identity);

/** Four words of what was said and answered, with spaces between them (docs/channel.md). At most 36 characters. */
void writeFourWords(Bytes transcript, Bytes answer, char out[40]);

}  // namespace gatehouse
