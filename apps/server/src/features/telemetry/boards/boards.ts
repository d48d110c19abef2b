import { AppError, type Clock, newUuid, type Random, type UnixMs, type Uuid } from "@gatehouse/base";
import type { telemetry } from "@gatehouse/contract";
import type { TelemetryDatabase } from "../tables.ts";
import { type BoardBody, BoardStore } from "./board-store.ts";

const MAX_BOARDS = 200;

/** Boards of one tenant. A version is the instant of its last change, so every change rises it. */
export class Boards {
  readonly #store: BoardStore;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(db: TelemetryDatabase, tenantId: Uuid, clock: Clock, random: Random) {
    this.#store = new BoardStore(db, tenantId);
    this.#clock = clock;
    this.#random = random;
  }

  list(): Promise<telemetry.Board[]> {
    return this.#store.list();
  }

  async get(id: Uuid): Promise<telemetry.Board> {
    const board = await this.#store.find(id);
    if (board === undefined) throw new AppError("board.not_found");
    return board;
  }

  async create({ name, charts, rangeMs }: BoardBody): Promise<telemetry.Board> {
    if ((await this.#store.count()) >= MAX_BOARDS) throw new AppError("limit.reached", { limit: MAX_BOARDS });
    const id = newUuid(this.#clock, this.#random);
    const board = { id, name, charts, rangeMs, updatedMs: this.#clock.nowMs() };
    await this.#store.insert(board);
    return board;
  }

  async update(id: Uuid, { name, charts, rangeMs }: BoardBody, readMs: UnixMs): Promise<telemetry.Board> {
    const updatedMs = Math.max(this.#clock.nowMs(), readMs + 1);
    const body = { name, charts, rangeMs };
    if (await this.#store.update(id, body, readMs, updatedMs)) return { id, ...body, updatedMs };
    const current = await this.get(id);
    throw new AppError("request.conflict", { updatedMs: current.updatedMs });
  }

  async delete(id: Uuid): Promise<void> {
    if (!(await this.#store.delete(id))) throw new AppError("board.not_found");
  }
}
