#include "crypto.h"

namespace gatehouse {

bool Crypto::generateBundle(KeyBundle& bundle) {
  if (!generate(Purpose::AGREEMENT, bundle.agreementPrivate, bundle.pub.agreement)) return false;
  if (!generate(Purpose::SIGNATURE, bundle.signingPrivate, bundle.pub.signing)) return false;
  fillKeyId(bundle.pub);
  return true;
}

void Crypto::fillKeyId(PublicBundle& bundle) const {
  const uint8_t number = static_cast<uint8_t>(suite());
  uint8_t digest[HASH_BYTES];
  sha256({textBytes("SX-kid-v1"), Bytes(&number, 1), agreementOf(bundle), signingOf(bundle)}, digest);
  memcpy(bundle.keyId, digest, KEY_ID_BYTES);
}

}  // namespace gatehouse
