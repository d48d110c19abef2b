#include "board.h"

namespace gatehouse {

static bool isHostCharacter(char one) {
  return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == '.' ||
         one == '-';
}

bool parseAddress(const char* url, Address& address) {
  if (strncmp(url, "http://", 7) == 0)
    address.isTls = false;
  else if (strncmp(url, "https://", 8) == 0)
    address.isTls = true;
  else
    return false;
  const char* at = url + (address.isTls ? 8 : 7);
  size_t length = 0;
  while (isHostCharacter(at[length])) length++;
  if (length == 0 || length >= sizeof address.host) return false;
  memcpy(address.host, at, length);
  address.host[length] = '\0';
  at += length;
  uint32_t port = address.isTls ? 443 : 80;
  if (*at == ':') {
    port = 0;
    for (at++; *at >= '0' && *at <= '9' && port <= 65535; at++) port = port * 10 + static_cast<uint32_t>(*at - '0');
  }
  if (*at == '/') at++;
  address.port = static_cast<uint16_t>(port);
  return *at == '\0' && port >= 1 && port <= 65535;
}

}  // namespace gatehouse
