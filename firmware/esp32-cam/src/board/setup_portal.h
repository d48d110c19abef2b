/** The camera's own Wi-Fi and its one page, on which somebody says where the camera belongs. */
#pragma once
#include <WebServer.h>

#include "esp32_board.h"

namespace gatehouse {

/** What the set-up asks for; also what config.h may say. */
struct Setup {
  char network[33] = {};
  char networkPassword[64] = {};
  char url[160] = {};
  char code[48] = {};
};

class SetupPortal {
 public:
  static constexpr size_t PASSWORD_CHARACTERS = 12;

  explicit SetupPortal(Esp32Board& board) : board_(board), server_(80) {}

  /** Opens the network, beside the one that the camera may be in. Its name and password go to the serial line. */
  void begin();
  void end();
  bool isOpen() const { return isOpen_; }
  void step();
  /** What somebody sent, once. */
  bool take(Setup& setup);
  /** What became of it, for the page and the serial line. */
  void say(const char* text);

 private:
  void showPage();
  void takeForm();
  bool field(const char* name, char* out, size_t capacity);

  Esp32Board& board_;
  WebServer server_;
  bool isOpen_ = false;
  bool isSent_ = false;
  Setup sent_;
  /** A page of another site cannot know it. */
  char token_[17] = {};
  char said_[160] = {};
};

/** The password of the camera's own network: drawn once, then kept: for a sticker. */
void portalPassword(Esp32Board& board, char out[SetupPortal::PASSWORD_CHARACTERS + 1]);

}  // namespace gatehouse
