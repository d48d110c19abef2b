import { once } from "node:events";
import type { LiveFrame, LiveRequest } from "@gatehouse/contract";
import { WebSocket } from "ws";

export interface LiveViewer {
  end(): Promise<void>;
}

/** A browser's socket: the owner's cookie, the console's Origin, every value of the tenant. */
export async function watchAll(
  server: { readonly url: string; readonly cookie: string },
  onFrame: (frame: Extract<LiveFrame, { type: "batch" }>, receivedMs: number) => void,
): Promise<LiveViewer> {
  const socket = new WebSocket(`${server.url.replace(/^http/, "ws")}/api/v1/live`, {
    headers: { cookie: server.cookie, origin: server.url },
  });
  socket.on("message", (bytes: Buffer) => {
    const receivedMs = performance.timeOrigin + performance.now();
    const frame = JSON.parse(bytes.toString()) as LiveFrame;
    if (frame.type === "batch") onFrame(frame, receivedMs);
  });
  await once(socket, "open");
  const request: LiveRequest = { op: "watch", values: "all", details: [] };
  socket.send(JSON.stringify(request));
  return {
    async end() {
      socket.close();
      await once(socket, "close");
    },
  };
}
