#include "setup_portal.h"

#include <Arduino.h>
#include <WiFi.h>

namespace gatehouse {

/** Without letters that are taken for others; 32 of them, so that every byte is as likely as the next. */
static const char ALPHABET[] = "abcdefghjkmnpqrstuvwxyz23456789A";

static const char PAGE[] = R"(<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Camera set-up</title><style>
body{font:16px system-ui;max-width:26rem;margin:2rem auto;padding:0 1rem}label{display:block;margin:.8rem 0}
input{display:block;width:100%%;font:inherit;padding:.5rem;box-sizing:border-box}button{font:inherit;padding:.6rem 1rem}
</style></head><body><h1>Camera set-up</h1><p role="status">%s</p><form method="post" action="/save">
<input type="hidden" name="token" value="%s">
<label>Wi-Fi network<input name="network" maxlength="32" required></label>
<label>Its password<input name="password" type="password" maxlength="63"></label>
<label>Address of your Gatehouse<input name="url" type="url" placeholder="https://gatehouse.example" maxlength="159" required></label>
<label>Claim code<input name="code" maxlength="47" autocomplete="off" required></label>
<button>Connect</button></form><p><a href="/">Look again</a></p></body></html>)";

void portalPassword(Esp32Board& board, char out[SetupPortal::PASSWORD_CHARACTERS + 1]) {
  board.loadText("portal", out, SetupPortal::PASSWORD_CHARACTERS + 1);
  if (strlen(out) == SetupPortal::PASSWORD_CHARACTERS) return;
  board.fill(reinterpret_cast<uint8_t*>(out), SetupPortal::PASSWORD_CHARACTERS);
  for (size_t at = 0; at < SetupPortal::PASSWORD_CHARACTERS; at++) out[at] = ALPHABET[out[at] & 31];
  out[SetupPortal::PASSWORD_CHARACTERS] = '\0';
  board.saveText("portal", out);
}

void SetupPortal::begin() {
  if (isOpen_) return;
  char name[32], password[PASSWORD_CHARACTERS + 1];
  uint8_t token[8];
  // Wi-Fi first: its radio is what makes the random numbers true.
  WiFi.mode(WIFI_AP_STA);
  board_.fill(token, sizeof token);
  encodeHex(token, token_);
  portalPassword(board_, password);
  snprintf(name, sizeof name, "gatehouse-cam-%04x", static_cast<unsigned>(ESP.getEfuseMac() >> 32 & 0xffff));
  WiFi.softAP(name, password);
  server_.on("/", HTTP_GET, [this]() { showPage(); });
  server_.on("/save", HTTP_POST, [this]() { takeForm(); });
  server_.begin();
  isOpen_ = true;
  say("Say where this camera belongs.");
  Serial.printf("Sticker: %s  %s\n", name, password);
  Serial.printf("Set-up: join this Wi-Fi, then open http://%s/\n", WiFi.softAPIP().toString().c_str());
}

void SetupPortal::end() {
  if (!isOpen_) return;
  server_.stop();
  WiFi.softAPdisconnect(true);
  isOpen_ = false;
}

void SetupPortal::step() {
  if (isOpen_) server_.handleClient();
}

bool SetupPortal::take(Setup& setup) {
  if (!isSent_) return false;
  isSent_ = false;
  setup = sent_;
  wipe(&sent_, sizeof sent_);
  return true;
}

/** Our own words and the server's codes: nothing of what somebody typed, so nothing to escape. */
void SetupPortal::say(const char* text) {
  snprintf(said_, sizeof said_, "%s", text);
  Serial.println(said_);
}

void SetupPortal::showPage() {
  static char page[sizeof PAGE + sizeof said_ + sizeof token_];
  snprintf(page, sizeof page, PAGE, said_, token_);
  server_.sendHeader("Cache-Control", "no-store");
  server_.sendHeader("X-Frame-Options", "DENY");
  server_.send(200, "text/html", page);
}

bool SetupPortal::field(const char* name, char* out, size_t capacity) {
  const String value = server_.arg(name);
  if (value.length() >= capacity) return false;
  memcpy(out, value.c_str(), value.length() + 1);
  return true;
}

void SetupPortal::takeForm() {
  Address address;
  char token[sizeof token_];
  const bool isOurs = field("token", token, sizeof token) && strcmp(token, token_) == 0;
  Setup setup;
  const bool isGood = isOurs && field("network", setup.network, sizeof setup.network) && setup.network[0] != '\0' &&
                      field("password", setup.networkPassword, sizeof setup.networkPassword) &&
                      field("url", setup.url, sizeof setup.url) && parseAddress(setup.url, address) &&
                      field("code", setup.code, sizeof setup.code);
  if (isGood) {
    sent_ = setup;
    isSent_ = true;
    say("Connecting. Look again in half a minute.");
  } else {
    say("That is not complete, or not an address: https://name or http://name:port.");
  }
  server_.sendHeader("Location", "/");
  server_.send(303, "text/plain", "");
}

}  // namespace gatehouse
