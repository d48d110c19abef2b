import type { Clock } from "@gatehouse/base";
import { Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";
import { MAX_DEVICES } from "./messages.ts";

const Ids = Type.Array(Type.String(), { maxItems: MAX_DEVICES });
const Stored = Type.Array(
  Type.Object({ requestId: Type.String(), deadlineMs: Type.Integer(), open: Ids, done: Ids }),
  { maxItems: 64 },
);

/** One request of the server: whose answer is awaited, and who needs no more asking. */
export interface OpenRequest {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly open: Set<string>;
  readonly done: Set<string>;
}

/** Progress is written so often: what a crash forgets is asked once more, which does no harm. */
const SAVE_EVERY_MS = 1_000;

/** The open requests, on disk: a new one before it is begun, progress soon after. */
export class RequestJournal {
  readonly #state: Pick<StateFolder, "read" | "write">;
  readonly #clock: Clock;
  readonly #requests: Map<string, OpenRequest>;
  #changed = false;
  #savedMs = 0;

  private constructor(
    state: Pick<StateFolder, "read" | "write">,
    clock: Clock,
    stored: readonly OpenRequest[],
  ) {
    this.#state = state;
    this.#clock = clock;
    this.#requests = new Map(stored.map((request) => [request.requestId, request]));
  }

  static async open(state: Pick<StateFolder, "read" | "write">, clock: Clock): Promise<RequestJournal> {
    const bytes = await state.read("gateway-requests.json");
    const stored: unknown = bytes === undefined ? [] : JSON.parse(Buffer.from(bytes).toString());
    const known = Check(Stored, stored) ? stored : [];
    return new RequestJournal(
      state,
      clock,
      known.map((request) => ({ ...request, open: new Set(request.open), done: new Set(request.done) })),
    );
  }

  get open(): readonly OpenRequest[] {
    return [...this.#requests.values()];
  }

  has(requestId: string): boolean {
    return this.#requests.has(requestId);
  }

  /** With what is known of it already; durable when it resolves. */
  async add(requestId: string, deadlineMs: number, devices: readonly string[]): Promise<OpenRequest> {
    const known = this.#requests.get(requestId);
    const request = { requestId, deadlineMs, open: known?.open ?? new Set(), done: known?.done ?? new Set() };
    for (const deviceId of devices) {
      const isFull = request.open.size + request.done.size >= MAX_DEVICES;
      if (!request.done.has(deviceId) && !isFull) request.open.add(deviceId);
    }
    this.#requests.set(requestId, request);
    await this.save();
    return request;
  }

  settle({ open, done }: OpenRequest, deviceIds: readonly string[]): void {
    for (const deviceId of deviceIds) {
      open.delete(deviceId);
      done.add(deviceId);
    }
    this.#changed = true;
  }

  async remove(requestId: string): Promise<void> {
    if (this.#requests.delete(requestId)) await this.save();
  }

  async saveIfDue(): Promise<void> {
    if (this.#changed && this.#clock.monotonicMs() - this.#savedMs >= SAVE_EVERY_MS) await this.save();
  }

  async save(): Promise<void> {
    this.#changed = false;
    this.#savedMs = this.#clock.monotonicMs();
    const stored = this.open.map((request) => ({
      ...request,
      open: [...request.open],
      done: [...request.done],
    }));
    await this.#state.write("gateway-requests.json", Buffer.from(JSON.stringify(stored)));
  }
}
