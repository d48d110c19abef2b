import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from "node:net";

/** Whoever stands between a camera and its server: passes on, unless told otherwise. */
export class Between {
  /** What goes to the camera in place of what its server sent; `part` counts a connection's from 0, the HTTP answer. */
  down: (bytes: Buffer, part: number) => Buffer = (bytes) => bytes;
  /** Ends the connection once so many bytes came from the camera; once. */
  cutAfterBytes: number | undefined;
  connections = 0;
  readonly #server = createServer((camera) => this.#serve(camera));
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(camera: Socket): void {
    this.connections++;
    const server = tcpConnect(Number(this.#target.port), this.#target.hostname);
    let came = 0;
    let part = 0;
    for (const [one, other] of [
      [camera, server],
      [server, camera],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    camera.on("data", (bytes: Buffer) => {
      came += bytes.length;
      if (this.cutAfterBytes !== undefined && came >= this.cutAfterBytes) {
        this.cutAfterBytes = undefined;
        // Some of it gets there: the server sees a frame that never ends.
        server.write(bytes.subarray(0, bytes.length / 2), () => server.destroy());
        camera.destroy();
      } else server.write(bytes);
    });
    server.on("data", (bytes: Buffer) => void camera.write(this.down(bytes, part++)));
  }
}
