#pragma once
#include "bytes.h"

namespace gatehouse {

/**
 * Ed25519 (RFC 8032 §5.1.7) on mbed TLS's big numbers, for boards without libsodium: the trust root signs server keys
 * with it, whatever the suite. Slow and not in constant time, which a check of public bytes a few times a year may be.
 */
bool verifyEd25519(const uint8_t publicKey[32], Bytes message, const uint8_t signature[64]);

}  // namespace gatehouse
