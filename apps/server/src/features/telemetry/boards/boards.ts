import { AppError, type Clock, newUuid, type Random, type UnixMs, type Uuid } from "@gatehouse/base";
import type { access, telemetry } from "@gatehouse/contract";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import { parseSeriesRef } from "../model.ts";
import type { DeviceDirectory } from "../ports.ts";
import type { TelemetryDatabase } from "../tables.ts";
import { type BoardBody, BoardStore } from "./board-store.ts";

const MAX_BOARDS = 200;

export interface BoardsDeps {
  readonly db: TelemetryDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: AuditTrail;
  readonly directory: Pick<DeviceDirectory, "seesAll">;
}

/** Boards that the asker may see: those whose devices they may see, all of them. A version is the instant of its last change, so every change rises it. */
export class Boards {
  readonly #store: BoardStore;
  readonly #deps: BoardsDeps;
  readonly #scope: access.Scope;

  constructor(deps: BoardsDeps, scope: access.Scope) {
    this.#store = new BoardStore(deps.db, scope.tenantId);
    this.#deps = deps;
    this.#scope = scope;
  }

  async list(): Promise<telemetry.Board[]> {
    return (await this.#store.list()).filter((board) => this.#sees(board));
  }

  async get(id: Uuid): Promise<telemetry.Board> {
    const board = await this.#store.find(id);
    if (board === undefined || !this.#sees(board)) throw new AppError("board.not_found");
    return board;
  }

  async create({ name, charts, rangeMs }: BoardBody): Promise<telemetry.Board> {
    this.#assertSees({ charts });
    if ((await this.#store.count()) >= MAX_BOARDS) throw new AppError("limit.reached", { limit: MAX_BOARDS });
    const { clock, random } = this.#deps;
    const id = newUuid(clock, random);
    const board = { id, name, charts, rangeMs, updatedMs: clock.nowMs() };
    await this.#change("created", board, (store) => store.insert(board));
    return board;
  }

  async update(id: Uuid, { name, charts, rangeMs }: BoardBody, readMs: UnixMs): Promise<telemetry.Board> {
    this.#assertSees({ charts });
    const updatedMs = Math.max(this.#deps.clock.nowMs(), readMs + 1);
    const body = { name, charts, rangeMs };
    return this.#change("changed", { id, name }, async (store) => {
      if (await store.update(id, body, readMs, updatedMs)) return { id, ...body, updatedMs };
      const current = await this.get(id);
      throw new AppError("request.conflict", { updatedMs: current.updatedMs });
    });
  }

  async delete(id: Uuid): Promise<void> {
    await this.#change("removed", { id }, async (store) => {
      if (!(await store.delete(id))) throw new AppError("board.not_found");
    });
  }

  #sees(board: Pick<BoardBody, "charts">): boolean {
    return this.#deps.directory.seesAll(this.#scope, devicesOn(board));
  }

  #assertSees(board: Pick<BoardBody, "charts">): void {
    if (!this.#sees(board)) throw new AppError("telemetry.series_not_found");
  }

  #change<T>(
    change: "created" | "changed" | "removed",
    { id, name }: { readonly id: Uuid; readonly name?: string },
    act: (store: BoardStore) => Promise<T>,
  ): Promise<T> {
    const { db, audit } = this.#deps;
    const { tenantId } = this.#scope;
    return db.transaction().execute(async (tx) => {
      const result = await act(new BoardStore(tx, tenantId));
      await audit.record(tx, {
        kind: "board.changed",
        tenantId,
        subject: { kind: "board", id },
        data: { change, name },
      });
      return result;
    });
  }
}

/** Devices whose series a board shows. */
export const devicesOn = ({ charts }: Pick<BoardBody, "charts">): Uuid[] => [
  ...new Set(charts.flatMap(({ series }) => series.map((ref) => parseSeriesRef(ref).deviceId))),
];
