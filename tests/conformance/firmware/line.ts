import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLAIM_CODE, FakeServer, type Taken } from "@gatehouse/device-client/testing";
import { CONTENT_TYPES, SUITE_IDS } from "@gatehouse/secure-channel";
import { parseFrameMessage } from "@gatehouse/video";
import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import { Between } from "./between.ts";
import { buildCamera } from "./build.ts";
import { Camera, type CameraEvent, enrolCamera, until } from "./camera.ts";

/** A JPEG by its ends, which is all that the firmware looks at. */
export const picture = (bytes: number, seed = 1): Buffer => {
  const middle = Buffer.from(Array.from({ length: bytes - 4 }, (_, at) => (at * 31 + seed * 7) & 0x7f));
  return Buffer.concat([Buffer.from([0xff, 0xd8]), middle, Buffer.from([0xff, 0xd9])]);
};

/** A server that does what a test says, somebody between, and cameras; anew for each test. */
export class Line {
  program = "";
  folder = "";
  readonly suite: "M1" | "C1";
  #server: FakeServer | undefined;
  #between: Between | undefined;
  readonly #cameras = new Set<Camera>();

  /** Within a `describe`: registers what comes before and after its tests. */
  constructor(suite: "M1" | "C1") {
    this.suite = suite;
    beforeAll(async () => {
      this.program = await buildCamera();
    }, 300_000);
    beforeEach(async () => {
      this.folder = mkdtempSync(join(tmpdir(), "camera "));
      this.#server = await new FakeServer(SUITE_IDS[suite]).start();
      this.#between = await new Between(this.server.url).start();
    });
    afterEach(async () => {
      for (const camera of this.#cameras) await this.end(camera);
      await this.between.stop();
      await this.server.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  get server(): FakeServer {
    return this.#server as FakeServer;
  }

  get between(): Between {
    return this.#between as Between;
  }

  file(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  enrol(code = CLAIM_CODE): Promise<CameraEvent> {
    return enrolCamera(this.program, this.folder, { suite: this.suite, url: this.server.url, code });
  }

  start(url = this.server.url): Camera {
    const camera = new Camera(this.program, this.folder, url);
    this.#cameras.add(camera);
    return camera;
  }

  /** A camera that the sanitisers ended has another exit code. */
  async end(camera: Camera): Promise<void> {
    this.#cameras.delete(camera);
    expect(await camera.end()).toBe(0);
  }

  /** Enrolled, with a session that the server uses. */
  async connected(url = this.server.url): Promise<Camera> {
    expect((await this.enrol()).event).toBe("enrolled");
    const camera = this.start(url);
    await camera.happened("session.began");
    await until("the server has its report", () => this.reports().length > 0 || undefined);
    return camera;
  }

  said(contentType: number): Taken[] {
    return this.server.taken.filter((one) => one.contentType === contentType);
  }

  reports(): Record<string, unknown>[] {
    return this.said(CONTENT_TYPES.control).map(({ value }) => value as Record<string, unknown>);
  }

  frames(): Buffer[] {
    return this.said(CONTENT_TYPES.jpegFrame).map(({ value }) =>
      Buffer.from(parseFrameMessage(value as Uint8Array)?.bytes ?? []),
    );
  }
}
