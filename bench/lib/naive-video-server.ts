// Child process, the naive scheme: a WebSocket at which a camera sends and every other client is sent each frame, unless
// too much waits in this process for it already. Prints its port.
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** What most programs of this kind use. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
const viewers = new Set<WebSocket>();
server.on("connection", (socket, { url }) => {
  if (url !== "/feed") {
    viewers.add(socket);
    socket.once("close", () => viewers.delete(socket));
    return;
  }
  socket.on("message", (frame: Buffer) => {
    for (const viewer of viewers) if (viewer.bufferedAmount <= MAX_BUFFERED_BYTES) viewer.send(frame);
  });
});
server.once("listening", () => console.log((server.address() as AddressInfo).port));
