import { cameras } from "@gatehouse/contract";
import { jpegOf, segment } from "@gatehouse/video/testing";
import { WebSocket } from "ws";
import type { NewDevice, Site } from "./site.ts";
import type { Visitor } from "./visitor.ts";

/** Texts of pictures are as long as each other, so that the pictures are. */
const TEXT_LENGTH = 48;
const SHOWS = /shows:([^;]{48});/;

/** A picture that says in a comment what it shows, so that its bytes tell it from others. */
export function pictureOf(shows: string): Uint8Array {
  const plain = jpegOf(640, 480);
  const comment = segment(0xfe, [...Buffer.from(`shows:${shows.padEnd(TEXT_LENGTH)};`)]);
  return Uint8Array.from([...plain.subarray(0, 2), ...comment, ...plain.subarray(2)]);
}

/** What a picture of ours shows. */
export const shownBy = (picture: Uint8Array): string =>
  SHOWS.exec(Buffer.from(picture).toString("latin1"))?.[1]?.trimEnd() ?? "something else";

/** A camera of the plain kind: one message is one picture. */
export class PlainCamera {
  readonly socket: WebSocket;
  /** Codes of what was not taken, as far as it was told. */
  readonly refused: string[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("message", (data) =>
      this.refused.push((JSON.parse(String(data)) as { refused: string }).refused),
    );
  }

  /** With these headers; answers the status and code of the refusal when it is not let in. */
  static open(url: string, headers: Readonly<Record<string, string>>): Promise<PlainCamera | string> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}${cameras.CAMERAS_FEED_PATH}`, { headers });
    return new Promise((resolve) => {
      socket.once("open", () => resolve(new PlainCamera(socket)));
      socket.once("error", (error) => resolve(error.message));
      socket.once("unexpected-response", async (_request, response) => {
        let text = "";
        for await (const part of response) text += part;
        resolve(`${response.statusCode} ${(JSON.parse(text) as { code: string }).code}`);
      });
    });
  }

  /** A device of the site with its own key. */
  static async of(site: Pick<Site, "url">, { apiKey }: NewDevice): Promise<PlainCamera> {
    const camera = await PlainCamera.open(site.url, { "x-api-key": apiKey });
    if (typeof camera === "string") throw new Error(`a camera with its own key is refused: ${camera}`);
    return camera;
  }

  send(picture: Uint8Array): void {
    this.socket.send(picture);
  }

  close(): void {
    this.socket.terminate();
  }
}

/** What the newest picture of a camera shows to whoever may see it; the refusal when there is none. */
export async function newestOf(visitor: Visitor, { id }: Pick<NewDevice, "id">): Promise<string> {
  const reply = await visitor.fetch("GET", `/api/v1/cameras/${id}/snapshot`);
  if (reply.status === 200) return shownBy(new Uint8Array(await reply.arrayBuffer()));
  return ((await reply.json()) as { code: string }).code;
}
