import { once } from "node:events";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

const STEP_BYTES = 100_000;

/**
 * What a server on loopback has answered to somebody who goes on sending `body` for a while after the answer to `head`
 * came, and reads it only then. Rejects when the connection was reset meanwhile.
 */
export async function sendOn(port: number, head: string, body: Uint8Array): Promise<string> {
  const socket = createConnection({ host: "127.0.0.1", port, allowHalfOpen: true });
  const failed = once(socket, "error").then(([error]) => Promise.reject(error as Error));
  const sent = async (): Promise<string> => {
    socket.write(head);
    await once(socket, "readable");
    for (let at = 0; at < body.length; at += STEP_BYTES) {
      socket.write(body.subarray(at, at + STEP_BYTES));
      await setTimeout(2);
    }
    return text(socket);
  };
  try {
    return await Promise.race([sent(), failed]);
  } finally {
    socket.destroy();
  }
}
