import { cameras } from "@gatehouse/contract";
import type { WebSocket } from "ws";

export interface ReceivedFrame {
  readonly camera: string;
  readonly kind: number;
  readonly number: number;
  readonly takenMs: number;
  readonly text: string;
}

/** What a page does: shows cameras, and says so when it has drawn a frame. */
export class TestBrowser {
  readonly socket: WebSocket;
  readonly notes: cameras.CameraLiveNote[] = [];
  readonly frames: ReceivedFrame[] = [];
  /** Whether each frame is drawn as it comes. */
  draws = true;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) this.notes.push(JSON.parse(data.toString()) as cameras.CameraLiveNote);
      else {
        const frame = parseFrame(data);
        this.frames.push(frame);
        if (this.draws) this.drawn(frame);
      }
    });
    socket.on("error", () => undefined);
  }

  get numbers(): number[] {
    return this.frames.map(({ number }) => number);
  }

  get texts(): string[] {
    return this.frames.map(({ text }) => text);
  }

  /** The last that was said of a camera. */
  stateOf(camera: string): string | undefined {
    const notes = this.notes.filter((note) => note.type === "state");
    return notes.findLast((note) => note.camera === camera)?.state;
  }

  watch(...shown: (string | { id: string; maxFps?: number; found?: boolean })[]): void {
    const list = shown.map((one) => (typeof one === "string" ? { id: one } : one));
    this.socket.send(JSON.stringify({ op: "watch", cameras: list }));
  }

  /** Resolves when the server has said how each of these stands. */
  async watches(...shown: string[]): Promise<void> {
    this.watch(...shown);
    await this.until(() => shown.every((id) => this.stateOf(id) !== undefined));
  }

  drawn({ camera, number }: Pick<ReceivedFrame, "camera" | "number">): void {
    this.socket.send(JSON.stringify({ op: "drawn", camera, number }));
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function parseFrame(data: Buffer): ReceivedFrame {
  const id = data.toString("hex", 16, 32);
  return {
    kind: data[0] as number,
    number: data.readUInt32BE(4),
    takenMs: Number(data.readBigUInt64BE(8)),
    camera: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    text: data.toString("latin1", cameras.CAMERAS_LIVE_HEADER_BYTES),
  };
}
