#include "settings.h"

#include <stdio.h>

namespace gatehouse {

static const char* const FRAME_SIZES[] = {"qvga", "cif", "vga", "svga", "xga", "hd", "sxga", "uxga"};
static const char* const FLIPS[] = {"none", "horizontal", "vertical", "both"};

template <typename Choice, size_t N>
static bool choose(const Json& value, const char* const (&names)[N], Choice& choice) {
  for (size_t at = 0; at < N; at++) {
    if (!value.is(names[at])) continue;
    choice = static_cast<Choice>(at);
    return true;
  }
  return false;
}

static bool within(const Json& value, int64_t min, int64_t max, uint8_t& number) {
  int64_t found;
  if (!value.integer(found) || found < min || found > max) return false;
  number = static_cast<uint8_t>(found);
  return true;
}

bool readSettings(const Json& given, Settings& settings) {
  Settings next = settings;
  const bool isKnown = given.eachMember([&next](const Json& name, const Json& value) {
    if (name.is("frameSize")) return choose(value, FRAME_SIZES, next.frameSize);
    if (name.is("quality")) return within(value, 4, 63, next.quality);
    if (name.is("fps")) return within(value, 1, 30, next.framesPerSecond);
    if (name.is("lamp")) return within(value, 0, 100, next.lampPercent);
    return name.is("flip") && choose(value, FLIPS, next.flip);
  });
  if (isKnown) settings = next;
  return isKnown;
}

void writeSettings(const Settings& settings, JsonWriter& out) {
  out.raw("{\"frameSize\":").string(FRAME_SIZES[static_cast<size_t>(settings.frameSize)]);
  out.raw(",\"quality\":").integer(settings.quality);
  out.raw(",\"fps\":").integer(settings.framesPerSecond);
  out.raw(",\"lamp\":").integer(settings.lampPercent);
  out.raw(",\"flip\":").string(FLIPS[static_cast<size_t>(settings.flip)]).raw("}");
}

/** What the server said to this device, or why it is not that. */
const char* SettingsKeeper::read(const ServerKey& key, const uint8_t* signature, Bytes document, int64_t& version,
                                 Settings& settings) {
  uint8_t signedBytes[22 + HASH_BYTES] = "GH-device-settings-v1";
  sha256({document}, signedBytes + 22);
  if (!crypto_.verify(key.bundle.signing, signedBytes, signature)) return "signature wrong";
  const Json json = Json::parse(reinterpret_cast<const char*>(document.data), document.length);
  if (!json.member("version").integer(version) || version < 1) return "malformed";
  if (!json.member("deviceId").is(identity_.deviceId)) return "for another device";
  settings = Settings();
  if (!readSettings(json.member("settings"), settings)) return "not valid";
  return board_.canApply(settings) ? nullptr : "more than this board can do";
}

void SettingsKeeper::load() {
  uint8_t stored[MAX_STORED_BYTES];
  const size_t length = board_.load(Slot::SETTINGS, stored, sizeof stored);
  const size_t start = SERVER_KEY_BYTES + SIGNATURE_BYTES;
  if (length > start) {
    ServerKey key;
    decodeServerKey(stored, key);
    const Bytes document(stored + start, length - start);
    int64_t version;
    Settings settings;
    const char* problem = verifyServerKey(crypto_, identity_.root, key)
                              ? read(key, stored + SERVER_KEY_BYTES, document, version, settings)
                              : "the key is not signed by the root";
    if (problem == nullptr) {
      version_ = version;
      settings_ = settings;
      sha256({document}, digest_);
    } else {
      board_.log("settings.not_loaded", problem);
    }
  }
  board_.apply(settings_);
}

const char* SettingsKeeper::adopt(const Json& message) {
  uint8_t stored[MAX_STORED_BYTES], *document = stored + SERVER_KEY_BYTES + SIGNATURE_BYTES;
  uint8_t keyId[KEY_ID_BYTES], digest[HASH_BYTES];
  size_t documentBytes;
  if (!message.member("document").base64url(document, MAX_DOCUMENT_BYTES, documentBytes) ||
      !message.member("signature").base64url(stored + SERVER_KEY_BYTES, SIGNATURE_BYTES) ||
      !message.member("keyId").hex(keyId, KEY_ID_BYTES))
    return "malformed";
  sha256({Bytes(document, documentBytes)}, digest);
  if (memcmp(digest, digest_, HASH_BYTES) == 0) return nullptr;
  const ServerKey* key = nullptr;
  for (const ServerKey* known : {&identity_.current, &identity_.next})
    if (memcmp(known->bundle.keyId, keyId, KEY_ID_BYTES) == 0) key = known;
  if (key == nullptr) return "signed by a key that is not the server's";

  int64_t version = 0;
  Settings settings;
  const char* problem = read(*key, stored + SERVER_KEY_BYTES, {document, documentBytes}, version, settings);
  if (problem == nullptr && version <= version_) return "not above the version in force";
  if (problem == nullptr) {
    encodeServerKey(*key, stored);
    const Bytes whole(stored, SERVER_KEY_BYTES + SIGNATURE_BYTES + documentBytes);
    if (!board_.save(Slot::SETTINGS, whole)) problem = "could not be kept";
  }
  if (problem != nullptr) {
    // Only of a version that the server really asks for; what somebody made up names none.
    if (version > version_ && strcmp(problem, "signature wrong") != 0) refusedVersion_ = version;
    snprintf(refusedReason_, sizeof refusedReason_, "%s", problem);
    return problem;
  }
  version_ = version;
  settings_ = settings;
  memcpy(digest_, digest, HASH_BYTES);
  refusedVersion_ = 0;
  board_.apply(settings_);
  board_.log("settings.applied", nullptr);
  return nullptr;
}

void SettingsKeeper::take(const Json& message) {
  if (const char* problem = adopt(message)) board_.log("settings.refused", problem);
}

void SettingsKeeper::writeReport(JsonWriter& out) const {
  out.raw("{\"kind\":\"settings\",\"version\":").integer(version_).raw(",\"takes\":true,\"settings\":");
  writeSettings(settings_, out);
  out.raw(",\"commands\":[],\"leds\":[]");
  if (refusedVersion_ > 0) {
    out.raw(",\"refused\":{\"version\":").integer(refusedVersion_);
    out.raw(",\"reason\":").string(refusedReason_).raw("}");
  }
  out.raw("}");
}

}  // namespace gatehouse
