import { CameraFeed, type FeedTools } from "./frames/camera-feed.ts";
import type { FrameSource, OpenFrameSource } from "./frames/frame-source.ts";

/** The pictures of one device: made by a source, sent over a connection of their own. */
export class SimulatedCamera {
  readonly #feed: CameraFeed;
  readonly #open: OpenFrameSource;
  readonly #tools: FeedTools;
  readonly #name: string;
  #source: FrameSource | undefined;

  constructor(name: string, apiKey: string, open: OpenFrameSource, tools: FeedTools) {
    this.#name = name;
    this.#open = open;
    this.#tools = tools;
    this.#feed = new CameraFeed(name, apiKey, tools);
  }

  get connected(): boolean {
    return this.#feed.connected;
  }

  start(): void {
    this.#feed.start();
    this.#source = this.#open(
      (jpeg) => this.#feed.send(jpeg),
      (reason) => {
        this.#tools.log.warn({ device: this.#name, reason }, "simulate.no_pictures");
        this.#tools.onFailed?.(reason);
      },
    );
  }

  async stop(): Promise<void> {
    this.#feed.stop();
    await this.#source?.stop();
  }
}
