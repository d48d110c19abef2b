import type { UnixMs, Uuid } from "@gatehouse/base";
import { access, cases } from "@gatehouse/contract";
import { type CaseCounts, CaseStore } from "./case-store.ts";
import type { CaseContext } from "./context.ts";
import { ItemStore, type NoteVersion } from "./item-store.ts";
import { isClip, type KeptCase, type KeptClip, type KeptClipItem, type KeptItem, spanOf } from "./model.ts";

const NO_COUNTS: CaseCounts = { clips: 0, devices: 0, people: 0, notes: 0 };

interface Known {
  readonly scope: access.Scope;
  readonly names: Names;
  readonly recorded: ReadonlyMap<Uuid, "all" | "part" | "none">;
  readonly versions: ReadonlyMap<Uuid, readonly NoteVersion[]>;
}

/** Cases as somebody is shown them. */
export class CaseViews {
  readonly #context: CaseContext;

  constructor(context: CaseContext) {
    this.#context = context;
  }

  async cases(tenantId: Uuid, kept: readonly KeptCase[]): Promise<cases.Case[]> {
    const { db, people } = this.#context;
    const counts = await new CaseStore(db, tenantId).countsOf(kept.map(({ id }) => id));
    const names = new Names((id) => people.nameOf(tenantId, id));
    return Promise.all(
      kept.map(async ({ id, number, title, state, summary, tags, createdBy, createdMs, changedMs }) => ({
        ...{ id, number, title, state, summary, createdMs, changedMs },
        tags: [...tags],
        ...named("createdBy", await names.of(createdBy)),
        counts: counts.get(id) ?? NO_COUNTS,
      })),
    );
  }

  async one(kept: KeptCase): Promise<cases.Case> {
    const [shown] = await this.cases(kept.tenantId, [kept]);
    return shown as cases.Case;
  }

  /** Of clips and devices that the scope does not reach nothing is told. */
  async items(scope: access.Scope, kept: readonly KeptItem[]): Promise<cases.CaseItem[]> {
    const { clock, db, people, recorded } = this.#context;
    const { tenantId } = scope;
    const shown = kept.filter(isClip).filter(({ content }) => this.reaches(scope, content.clip.cameraId));
    const nowMs = clock.nowMs();
    const spans = shown.map((item) => spanOf(item, nowMs));
    const coverage = spans.length === 0 ? [] : await recorded.coverage(tenantId, spans);
    const noteIds = kept.filter(({ content }) => content.kind === "note").map(({ id }) => id);
    const known: Known = {
      scope,
      names: new Names((id) => people.nameOf(tenantId, id)),
      recorded: new Map(shown.map(({ id }, at) => [id, coverage[at] ?? "none"])),
      versions: await new ItemStore(db, tenantId).versionsOf(noteIds),
    };
    return Promise.all(kept.map((item) => this.#item(item, known)));
  }

  /** Whether the scope reaches a camera or device that is there. One that is gone is everybody's who reaches all. */
  reaches({ tenantId, reach }: access.Scope, deviceId: Uuid): boolean {
    if (reach === "all") return true;
    const device = this.#context.devices.find(deviceId);
    return device?.tenantId === tenantId && access.reaches(reach, { siteId: device.siteId, deviceId });
  }

  /** Whether the scope reaches what an item is about: nobody takes away what they may not see. */
  reachesItem(scope: access.Scope, { content }: KeptItem): boolean {
    if (content.kind === "clip") return this.reaches(scope, content.clip.cameraId);
    return content.kind !== "device" || this.reaches(scope, content.deviceId);
  }

  async #item(item: KeptItem, known: Known): Promise<cases.CaseItem> {
    const { id, addedMs, addedBy, removed } = item;
    const { names } = known;
    return {
      ...{ id, addedMs },
      ...named("addedBy", await names.of(addedBy)),
      ...(removed === undefined
        ? {}
        : {
            removed: {
              atMs: removed.atMs,
              ...named("by", await names.of(removed.by)),
              restorableMs: removed.atMs + cases.CASE_LIMITS.undoMs,
            },
          }),
      ...(await this.#content(item, known)),
    };
  }

  async #content(item: KeptItem, known: Known): Promise<Partial<cases.CaseItem>> {
    const { content, id } = item;
    const { names, scope, versions } = known;
    if (content.kind === "clip") return { clip: await this.#clip(item as KeptClipItem, known) };
    if (content.kind === "note") {
      const before = versions.get(id) ?? [];
      const edited = before.at(-1);
      const editedMs = edited === undefined ? {} : { editedMs: edited.atMs };
      return { note: { text: content.text, versions: before.length, ...editedMs } };
    }
    if (content.kind === "person") {
      const { personId, name } = content;
      if (personId === undefined) return { person: { name: name ?? "" } };
      return { person: { id: personId, name: (await names.of(personId)) ?? "" } };
    }
    const { deviceId } = content;
    const device = this.reaches(scope, deviceId) ? this.#context.devices.find(deviceId) : undefined;
    const isKnown = device?.tenantId === scope.tenantId;
    return {
      device: { id: deviceId, name: isKnown ? device.name : "", label: isKnown ? device.label : "" },
    };
  }

  async #clip({ id, content }: KeptClipItem, { scope, recorded }: Known): Promise<cases.CaseClip> {
    const { clip } = content;
    if (!this.reaches(scope, clip.cameraId)) return { hidden: true };
    const { cameras, events } = this.#context;
    const camera = cameras.find(clip.cameraId);
    const isKnown = camera?.tenantId === scope.tenantId;
    const event = clip.eventId === undefined ? undefined : await events.find(clip.eventId);
    return {
      hidden: false,
      ...partsOf(clip),
      cameraName: isKnown ? camera.name : "",
      cameraLabel: isKnown ? camera.label : "",
      timeZone: isKnown ? await cameras.timeZoneOf(scope.tenantId, camera.siteId) : "UTC",
      recorded: recorded.get(id) ?? "none",
      ...(event === undefined ? {} : { kind: event.kind }),
      ...(event?.detection === undefined ? {} : { detection: event.detection }),
      ...(event?.verdict === undefined ? {} : { verdict: event.verdict }),
    };
  }
}

const partsOf = ({ bestMs, cameraId, erasedMs, eventId, fromMs, toMs }: KeptClip) => ({
  ...{ bestMs, cameraId, fromMs },
  ...(toMs === undefined ? {} : { toMs }),
  ...(eventId === undefined ? {} : { eventId }),
  ...(erasedMs === undefined ? {} : { erasedMs: erasedMs as UnixMs }),
});

const named = <K extends string>(key: K, name: string | undefined): { readonly [_ in K]?: string } =>
  (name === undefined ? {} : { [key]: name }) as { readonly [_ in K]?: string };

/** Asks for each name once. */
class Names {
  readonly #asked = new Map<Uuid, Promise<string | undefined>>();
  readonly #ask: (id: Uuid) => Promise<string | undefined>;

  constructor(ask: (id: Uuid) => Promise<string | undefined>) {
    this.#ask = ask;
  }

  of(id: Uuid): Promise<string | undefined> {
    const asked = this.#asked.get(id) ?? this.#ask(id);
    this.#asked.set(id, asked);
    return asked;
  }
}
