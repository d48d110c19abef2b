import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface BadCamera {
  readonly port: number;
  /** Everything that was said to it. */
  readonly heard: string[];
  /** Connections until now. */
  connections(): number;
  close(): Promise<void>;
}

/** A camera that says what a test wants: `answer` gets each whole head of a request. */
export async function badCamera(answer: (socket: Socket, head: string) => void): Promise<BadCamera> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        heard.push(head);
        answer(socket, head);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** An answer of RTSP to a request. */
export function rtspAnswer(head: string, status: string, headers: readonly string[] = [], body = ""): string {
  const cseq = /^CSeq: (\d+)/im.exec(head)?.[1] ?? "0";
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`RTSP/1.0 ${status}`, `CSeq: ${cseq}`, ...headers, ...length, "", body].join("\r\n");
}
