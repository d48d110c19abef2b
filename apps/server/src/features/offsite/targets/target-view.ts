import type { Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { OffsiteContext } from "../context.ts";
import { current, figures } from "../copying/figures-store.ts";
import type { CopyState } from "../model.ts";

/** Targets as people see them, with how far each is. */
export async function viewOf(
  { db, targets }: Pick<OffsiteContext, "db" | "targets">,
  tenantId: Uuid,
): Promise<cameras.OffsiteTarget[]> {
  const [records, counts, running] = await Promise.all([
    targets.list(tenantId),
    figures(db, tenantId),
    current(db, tenantId),
  ]);
  return records.map((target) => {
    const own = counts.filter(({ targetId }) => targetId === target.id);
    const now = running.find(({ targetId }) => targetId === target.id);
    const waiting = own.filter(({ state }) => state === "waiting" || state === "copying");
    const sum = (of: typeof own) => ({
      segments: of.reduce((total, { segments }) => total + segments, 0),
      bytes: of.reduce((total, { bytes }) => total + bytes, 0),
    });
    const sumOf = (state: CopyState) => sum(own.filter((one) => one.state === state));
    const last = Math.max(...own.map(({ lastDoneMs }) => lastDoneMs ?? 0));
    const {
      sealed,
      tenantId: _1,
      sinceMs: _2,
      failures: _3,
      nextMs: _4,
      checkedMs: _5,
      createdMs: _6,
      ...rest
    } = target;
    return {
      ...rest,
      wholeCameras: [...target.wholeCameras],
      settings: sealed.plain,
      waiting: sum(waiting),
      done: sumOf("done"),
      failed: sumOf("failed"),
      missed: sum(own.filter(({ state, failure }) => state === "gone" && failure === "gone_here")),
      removing: sumOf("removing"),
      ...(last > 0 ? { lastCopyMs: last } : {}),
      ...(waiting.length > 0
        ? { oldestWaitingMs: Math.min(...waiting.map(({ oldestMs }) => oldestMs)) }
        : {}),
      ...(now === undefined ? {} : { current: currentOf(now) }),
    };
  });
}

const currentOf = ({ cameraId, firstMs, bytes, bytesDone }: Awaited<ReturnType<typeof current>>[number]) => ({
  ...{ cameraId, firstMs, bytes },
  bytesDone: Math.min(bytes, bytesDone),
});
