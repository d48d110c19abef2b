import { once } from "node:events";
import { systemClock, systemRandom } from "@gatehouse/base";
import { cameras, channel } from "@gatehouse/contract";
import type { Identity } from "@gatehouse/device-client";
import { CONTENT_TYPES, Handshake, type Session } from "@gatehouse/secure-channel";
import { encodeFrameMessage, uuidBytes } from "@gatehouse/video";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { serverOf } from "./device.ts";

const SUBPROTOCOL = "gatehouse.sx.v1";
const HOST = "127.0.0.1";

const channelUrl = (url: string): string => `${url.replace(/^http/, "ws")}${channel.CHANNEL_PATH}`;

/** A camera with a session of the secure channel. */
export class ChannelCamera {
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #answers: Buffer[];

  private constructor(socket: WebSocket, session: Session, answers: Buffer[]) {
    this.#socket = socket;
    this.#session = session;
    this.#answers = answers;
  }

  /** `url`: the site's, or that of somebody on the line. */
  static async open(url: string, identity: Identity): Promise<ChannelCamera> {
    const socket = new WebSocket(channelUrl(url), SUBPROTOCOL);
    const answers: Buffer[] = [];
    socket.on("error", () => undefined);
    await once(socket, "open");
    const shake = new Handshake({ own: identity.keys, peer: serverOf(identity), random: systemRandom });
    socket.send(shake.hello);
    const [answer] = (await once(socket, "message")) as [Buffer];
    const session = shake.finish(answer, systemClock.monotonicMs());
    socket.on("message", (data) => answers.push(data as Buffer));
    return new ChannelCamera(socket, session, answers);
  }

  /** One picture; `ofCamera` names another than the sender. */
  send(picture: Uint8Array, ofCamera?: string): void {
    const payload = encodeFrameMessage({
      cameraId: ofCamera === undefined ? undefined : uuidBytes(ofCamera),
      kind: cameras.FRAME_KINDS.jpeg,
      takenMs: systemClock.nowMs(),
      bytes: picture,
    });
    const message = { contentType: CONTENT_TYPES.jpegFrame, payload };
    const frame = this.#session.seal(message, systemClock.monotonicMs());
    if (frame !== undefined) this.#socket.send(frame);
  }

  /** Codes that the server answered, oldest first. */
  refusals(): string[] {
    return this.#answers.splice(0).flatMap((frame) => {
      const { payload } = this.#session.open(frame, systemClock.monotonicMs());
      return (JSON.parse(Buffer.from(payload).toString()) as { code?: string }).code ?? [];
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** Somebody between a device and the site: hands on every message, keeps those of the device, and can send them again. */
export interface OnLine {
  readonly url: string;
  /** Messages of the device, oldest first. */
  readonly kept: readonly Buffer[];
  sendAgain(message: Buffer): void;
  close(): void;
}

export async function standOnLine(siteUrl: string): Promise<OnLine> {
  const server = new WebSocketServer({ host: HOST, port: 0 });
  await once(server, "listening");
  const kept: Buffer[] = [];
  let toSite: WebSocket | undefined;
  server.on("connection", (near) => {
    const far = new WebSocket(channelUrl(siteUrl), SUBPROTOCOL);
    toSite = far;
    const isOpen = once(far, "open").catch(() => undefined);
    const end = (): void => {
      near.terminate();
      far.terminate();
    };
    for (const side of [near, far]) side.on("error", end).on("close", end);
    near.on("message", (data: RawData) => {
      kept.push(data as Buffer);
      void isOpen.then(() => far.send(data));
    });
    far.on("message", (data: RawData, isBinary) => near.send(data, { binary: isBinary }));
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://${HOST}:${port}`,
    kept,
    sendAgain: (message) => toSite?.send(message),
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
