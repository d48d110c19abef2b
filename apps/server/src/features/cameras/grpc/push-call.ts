import { AppError, type Clock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { ServerReadableStream, sendUnaryData } from "@grpc/grpc-js";
import { TokenBucket } from "../../../platform/throttle/index.ts";
import type { CarriedFrames } from "../feed/carried.ts";
import type { FeedLogin } from "../ports.ts";
import { failureOf } from "./failure.ts";
import type { PushFramesRequest, PushFramesResponse } from "./service.ts";

type Call = ServerReadableStream<PushFramesRequest, PushFramesResponse>;

/** Cameras of one gateway are more than one. */
const READ_PER_SECOND = 16 * cameras.FRAME_LIMITS.framesPerSecond;
const SILENT_AFTER_MS = 60_000;

export interface PushCallParts {
  readonly clock: Clock;
  readonly carried: CarriedFrames;
  readonly login: FeedLogin;
  readonly via: string;
  readonly address: string;
}

/** One call of PushFrames after its sender was let in. */
export class PushCall {
  readonly login: FeedLogin;
  readonly #call: Call;
  readonly #parts: PushCallParts;
  readonly #reply: sendUnaryData<PushFramesResponse>;
  readonly #reading: TokenBucket;
  readonly #refused: Record<string, number> = {};
  readonly #onEnd: () => void;
  #taken = 0;
  #heardMs: number;
  #isOver = false;

  constructor(call: Call, reply: sendUnaryData<PushFramesResponse>, parts: PushCallParts, onEnd: () => void) {
    const nowMs = parts.clock.monotonicMs();
    this.login = parts.login;
    this.#call = call;
    this.#parts = parts;
    this.#reply = reply;
    this.#onEnd = onEnd;
    this.#heardMs = nowMs;
    this.#reading = new TokenBucket(READ_PER_SECOND, READ_PER_SECOND, nowMs);
    call.on("data", (request: PushFramesRequest) => this.#take(request));
    call.on("end", () => this.#end(() => reply(null, { taken: this.#taken, refused: this.#refused })));
    call.on("cancelled", () => this.#end(() => undefined));
    call.on("error", () => this.#end(() => undefined));
  }

  close(
    code: "camera.taken" | "connection.silent" | "device.revoked" | "server.stopping" | "tenant.suspended",
  ): void {
    this.#end(() => this.#reply(failureOf(new AppError(code))));
  }

  /** Called every second. */
  check(): void {
    if (this.#parts.clock.monotonicMs() - this.#heardMs > SILENT_AFTER_MS) this.close("connection.silent");
  }

  #end(say: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.carried.end(this);
    this.#onEnd();
    say();
  }

  #take({ cameraId, kind, capturedMs, data }: PushFramesRequest): void {
    if (this.#isOver) return;
    const { clock, carried, login, via, address } = this.#parts;
    this.#heardMs = clock.monotonicMs();
    this.#pace();
    const { tenantId, deviceId } = login;
    const isKind = kind === 1 || kind === 2 || kind === 3;
    const deviceMs = Number.isSafeInteger(capturedMs) && capturedMs > 0 ? capturedMs : undefined;
    const refusal = isKind
      ? carried.takeOf(
          this,
          { tenantId, deviceId },
          { cameraId: cameraId || deviceId, frame: { kind, bytes: data, deviceMs } },
          { via, address },
        )
      : carried.refuse({ tenantId, deviceId }, { via, address }, "message.malformed");
    if (refusal === undefined) this.#taken++;
    else this.#refused[refusal] = (this.#refused[refusal] ?? 0) + 1;
  }

  /** What comes faster than it is read waits at the sender. */
  #pace(): void {
    const { clock } = this.#parts;
    if (this.#reading.take(clock.monotonicMs())) return;
    this.#call.pause();
    clock.after(1_000 / READ_PER_SECOND, () => this.#call.resume());
  }
}
