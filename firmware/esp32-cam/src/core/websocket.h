/** A WebSocket (RFC 6455) as the camera needs it: binary messages out of one piece, small messages in. No heap. */
#pragma once
#include "board.h"

namespace gatehouse {

/** Room in front of a message for the header of its frame: the longest, masked. */
constexpr size_t WEBSOCKET_HEADER_BYTES = 14;

class WebSocket {
 public:
  /** Longer messages of the server end the connection: commands, settings, keys, acknowledgements are short. */
  static constexpr size_t MAX_MESSAGE_BYTES = 6 * 1024;

  enum class Got { NOTHING, BINARY, TEXT, CLOSED };

  WebSocket(Board& board, Transport& transport) : board_(board), transport_(transport) {}

  bool open(const Address& address, const char* caPem, const char* path, const char* subprotocol);
  /** Sends what stands at `room` + WEBSOCKET_HEADER_BYTES, masked in place: it is not what it was afterwards. */
  bool sendBinary(uint8_t* room, size_t length);
  /** A sign of life; the server answers it. */
  bool ping() { return sendControl(0x9, {}); }
  /** The next message, when one is whole. `message` lies here until the next call. Answers pings itself. */
  Got poll(Bytes& message);
  void close();

  bool isOpen() const { return isOpen_; }
  /** When anything came last, by the board's clock. */
  uint64_t heardMs() const { return heardMs_; }

 private:
  bool readHead(char* head, size_t capacity);
  bool sendFrame(uint8_t opcode, uint8_t* room, size_t length);
  bool sendControl(uint8_t opcode, Bytes payload);
  Got fail();
  Got takeFrame(size_t header, size_t length, Bytes& message);
  void drop(size_t bytes);

  Board& board_;
  Transport& transport_;
  bool isOpen_ = false;
  uint64_t heardMs_ = 0;
  /** What came: message_ bytes of fragments of a message, then received_ bytes of frames. */
  uint8_t buffer_[MAX_MESSAGE_BYTES + 256];
  size_t received_ = 0;
  size_t message_ = 0;
  /** Opcode of the message whose fragments come; 0 between messages. */
  uint8_t opcode_ = 0;
  /** The message was handed out, and goes with the next call. */
  bool isGiven_ = false;
};

}  // namespace gatehouse
