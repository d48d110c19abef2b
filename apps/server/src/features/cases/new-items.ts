import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { type access, cases } from "@gatehouse/contract";
import type { CaseContext } from "./context.ts";
import type { ItemContent, KeptClip, KeptItem } from "./model.ts";
import type { KnownEvent } from "./ports.ts";
import type { CaseDatabase } from "./tables.ts";
import type { CaseViews } from "./views.ts";

const { maxClipMs, maxClips, maxItems } = cases.CASE_LIMITS;

/** What somebody wants to put in, as it is kept: refused where they may not see it. */
export class NewItems {
  readonly #context: CaseContext;
  readonly #views: CaseViews;

  constructor(context: CaseContext, views: CaseViews) {
    this.#context = context;
    this.#views = views;
  }

  async contentOf(scope: access.Scope, wish: cases.NewCaseItem): Promise<ItemContent> {
    switch (wish.kind) {
      case "event":
        return { kind: "clip", clip: await this.#ofEvent(scope, wish.eventId) };
      case "span":
        return { kind: "clip", clip: this.#ofSpan(scope, wish) };
      case "device":
        if (!this.#isHere(scope, wish.deviceId)) throw new AppError("device.not_found");
        return { kind: "device", deviceId: wish.deviceId };
      case "person": {
        const name = await this.#context.people.nameOf(scope.tenantId, wish.personId);
        if (name === undefined) throw new AppError("account.not_found");
        return { kind: "person", personId: wish.personId, name: undefined };
      }
      case "outsider":
        return { kind: "person", personId: undefined, name: wish.name.trim() };
      case "note":
        return { kind: "note", text: wish.text };
    }
  }

  async #ofEvent(scope: access.Scope, eventId: Uuid): Promise<KeptClip> {
    const event = await this.#context.events.find(eventId);
    if (event?.tenantId !== scope.tenantId || !this.#views.reaches(scope, event.cameraId))
      throw new AppError("camera_event.not_found");
    return clipOf(this.#context, event);
  }

  #ofSpan(
    scope: access.Scope,
    { cameraId, fromMs, toMs }: { readonly cameraId: Uuid; readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): KeptClip {
    if (!this.#isHere(scope, cameraId)) throw new AppError("device.not_found");
    if (this.#context.cameras.find(cameraId) === undefined) throw new AppError("camera.none");
    if (!(fromMs < toMs) || toMs - fromMs > maxClipMs || toMs > this.#context.clock.nowMs())
      throw new AppError("segment.range_invalid", { maxMs: maxClipMs });
    const bestMs = Math.floor((fromMs + toMs) / 2);
    return { ...{ cameraId, fromMs, toMs, bestMs }, eventId: undefined, erasedMs: undefined };
  }

  #isHere(scope: access.Scope, deviceId: Uuid): boolean {
    const device = this.#context.devices.find(deviceId);
    return device?.tenantId === scope.tenantId && this.#views.reaches(scope, deviceId);
  }
}

/** An event with what is kept around it; no longer than a clip may be. */
export function clipOf({ cameras }: Pick<CaseContext, "cameras">, event: KnownEvent): KeptClip {
  const { beforeMs, afterMs } = cameras.aroundOf(event.cameraId);
  const fromMs = event.startMs - beforeMs;
  const toMs = event.endMs === undefined ? undefined : Math.min(event.endMs + afterMs, fromMs + maxClipMs);
  const { bestMs, cameraId, id: eventId } = event;
  return { eventId, cameraId, fromMs, toMs, bestMs, erasedMs: undefined };
}

/** Keeps what is recorded of a clip, however old it becomes, under the id of its item. */
export const pinClip = (
  { pins }: Pick<CaseContext, "pins">,
  tx: CaseDatabase,
  tenantId: Uuid,
  { id, clip }: { readonly id: Uuid; readonly clip: KeptClip },
): Promise<void> => {
  const { cameraId, fromMs, toMs } = clip;
  return pins.set(tx, { eventId: id, tenantId, cameraId, fromMs, toMs, held: true });
};

/** Refuses `case.full`, and `case.item_exists` for what is in the case already. */
export function assertFits(items: readonly KeptItem[], content: ItemContent): void {
  const there = items.filter(({ removed }) => removed === undefined);
  const clips = there.filter((item) => item.content.kind === "clip").length;
  if (items.length >= maxItems) throw new AppError("case.full", { max: maxItems });
  if (content.kind === "clip" && clips >= maxClips) throw new AppError("case.full", { max: maxClips });
  const key = keyOf(content);
  if (key !== undefined && there.some((item) => keyOf(item.content) === key))
    throw new AppError("case.item_exists");
}

/** The same again is the same; undefined for what can be in a case twice. */
function keyOf(content: ItemContent): string | undefined {
  if (content.kind === "device") return content.deviceId;
  if (content.kind === "person") return content.personId;
  if (content.kind === "note") return undefined;
  const { cameraId, eventId, fromMs, toMs } = content.clip;
  return eventId ?? `${cameraId} ${fromMs} ${toMs}`;
}
