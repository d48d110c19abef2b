import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import { type access, type BodyOf, cases, type QueryOf, type ReplyOf } from "@gatehouse/contract";
import { CaseStore } from "./case-store.ts";
import { type Changing, changeCase, findCase, forLog } from "./changes.ts";
import type { CaseContext } from "./context.ts";
import { ItemStore } from "./item-store.ts";
import { type ItemContent, type KeptItem, numberIn } from "./model.ts";
import { assertFits, NewItems, pinClip } from "./new-items.ts";
import type { CaseViews } from "./views.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const { maxVersions, undoMs } = cases.CASE_LIMITS;

/** Whose case, and who asks. */
export interface Asking {
  readonly scope: access.Scope;
  readonly personId: Uuid;
  readonly caseId: Uuid;
}

/** Cases as people collect them. */
export class CaseService {
  readonly #context: CaseContext;
  readonly #views: CaseViews;
  readonly #newItems: NewItems;

  constructor(context: CaseContext, views: CaseViews) {
    this.#context = context;
    this.#views = views;
    this.#newItems = new NewItems(context, this.#views);
  }

  async list({ tenantId }: access.Scope, query: QueryOf<typeof cases.listCases>) {
    const text = query.q?.trim() || undefined;
    const filter = {
      ...{ text, state: query.state, eventId: query.event },
      number: text === undefined ? undefined : numberIn(text),
    };
    const store = new CaseStore(this.#context.db, tenantId);
    const limit = Math.max(1, Math.min(MAX_LIMIT, Number(query.limit ?? DEFAULT_LIMIT)));
    const [found, total] = await Promise.all([
      store.list(filter, { limit, offset: Number(query.offset ?? 0) }),
      store.count(filter),
    ]);
    return { items: await this.#views.cases(tenantId, found), total };
  }

  async create(
    scope: access.Scope,
    personId: Uuid,
    { title, summary = "", tags = [], items = [] }: BodyOf<typeof cases.createCase>,
  ): Promise<cases.Case> {
    const { audit, clock, db, random } = this.#context;
    const { tenantId } = scope;
    const contents: ItemContent[] = [];
    for (const wish of items) contents.push(await this.#newItems.contentOf(scope, wish));
    const kept = await db.transaction().execute(async (tx) => {
      const made = await new CaseStore(tx, tenantId).insert({
        id: newUuid(clock, random),
        ...{ title: title.trim(), summary, tags, createdBy: personId, createdMs: clock.nowMs() },
      });
      const store = new ItemStore(tx, tenantId);
      const added: KeptItem[] = [];
      for (const content of contents) {
        assertFits(added, content);
        added.push(await this.#insert(tx, store, { tenantId, caseId: made.id, personId }, content));
      }
      await audit.record(tx, {
        kind: "case.created",
        tenantId,
        subject: { kind: "case", id: made.id },
        data: {
          case: made.number,
          items: added.map(({ id, content }) => ({ item: id, ...dataOf(content) })),
        },
        personal: { title: made.title },
      });
      return made;
    });
    return this.#views.one(kept);
  }

  async get(scope: access.Scope, id: Uuid): Promise<ReplyOf<typeof cases.getCase>> {
    const kept = await findCase(this.#context, scope.tenantId, id);
    const items = await this.#itemsOf(scope.tenantId, id);
    return { case: await this.#views.one(kept), items: await this.#views.items(scope, items) };
  }

  async update({ scope, caseId }: Asking, wish: BodyOf<typeof cases.updateCase>): Promise<cases.Case> {
    const where = { tenantId: scope.tenantId, id: caseId };
    const kept = await changeCase(
      this.#context,
      where,
      async ({ cases: store, kept: before }) => {
        if (before.state === "closed" && wish.state !== "open") throw new AppError("case.closed");
        const change = { ...wish, ...(wish.title === undefined ? {} : { title: wish.title.trim() }) };
        const answer = await store.update(caseId, change, this.#context.clock.nowMs());
        const { state, title } = wish;
        const personal = title === undefined ? {} : { personal: { title: answer.title } };
        const data = { change: "case", fields: Object.keys(wish), ...(state === undefined ? {} : { state }) };
        return { answer, change: { data, ...personal } };
      },
      { alsoClosed: true },
    );
    return this.#views.one(kept);
  }

  async add({ scope, personId, caseId }: Asking, wish: cases.NewCaseItem): Promise<cases.CaseItem> {
    const { tenantId } = scope;
    const content = await this.#newItems.contentOf(scope, wish);
    const item = await changeCase(this.#context, { tenantId, id: caseId }, async ({ tx, items }) => {
      assertFits(await this.#listed(items, caseId), content);
      const answer = await this.#insert(tx, items, { tenantId, caseId, personId }, content);
      const data = { change: "item_added", item: answer.id, ...dataOf(content) };
      return { answer, change: { data, ...personalOf(content) } };
    });
    return this.#shown(scope, item);
  }

  async editNote({ scope, personId, caseId }: Asking, itemId: Uuid, text: string): Promise<cases.CaseItem> {
    const { clock, random } = this.#context;
    const where = { tenantId: scope.tenantId, id: caseId };
    const item = await changeCase(this.#context, where, async ({ items }) => {
      const found = await this.#find(items, caseId, itemId);
      if (found.content.kind !== "note") throw new AppError("case.item_not_found");
      const versions = (await items.versionsOf([itemId])).get(itemId) ?? [];
      if (versions.length >= maxVersions) throw new AppError("case.full", { max: maxVersions });
      const before = {
        id: newUuid(clock, random),
        by: personId,
        atMs: clock.nowMs(),
        text: found.content.text,
      };
      await items.setText(itemId, before, text);
      const data = { change: "note_edited", item: itemId };
      const answer: KeptItem = { ...found, content: { kind: "note", text } };
      return { answer, change: { data, personal: { note: forLog(text) } } };
    });
    return this.#shown(scope, item);
  }

  async versions({ tenantId }: access.Scope, caseId: Uuid, itemId: Uuid) {
    const { db, people } = this.#context;
    await findCase(this.#context, tenantId, caseId);
    const store = new ItemStore(db, tenantId);
    await this.#find(store, caseId, itemId);
    const found = (await store.versionsOf([itemId])).get(itemId) ?? [];
    const items = found.map(async ({ text, atMs, by }) => {
      const name = await people.nameOf(tenantId, by);
      return { text, atMs, ...(name === undefined ? {} : { by: name }) };
    });
    return { items: await Promise.all(items) };
  }

  /** Its recording goes as everything else does, unless something else needs it. */
  async remove({ scope, personId, caseId }: Asking, itemId: Uuid): Promise<void> {
    const { clock, pins } = this.#context;
    const { tenantId } = scope;
    await changeCase(this.#context, { tenantId, id: caseId }, async ({ tx, items }) => {
      const found = await this.#find(items, caseId, itemId);
      if (!this.#views.reachesItem(scope, found)) throw new AppError("case.item_not_found");
      const { content } = found;
      await items.setRemoved(itemId, { by: personId, atMs: clock.nowMs() });
      if (content.kind === "clip") await pins.clear(tx, { tenantId, eventId: itemId });
      const data = { change: "item_removed", item: itemId, ...dataOf(content) };
      return { answer: undefined, change: { data } };
    });
  }

  async restore({ scope, caseId }: Asking, itemId: Uuid): Promise<cases.CaseItem> {
    const { tenantId } = scope;
    const item = await changeCase(this.#context, { tenantId, id: caseId }, async ({ tx, items }) => {
      const all = await this.#listed(items, caseId);
      const found = all.find(({ id }) => id === itemId);
      if (found?.removed === undefined || !this.#views.reachesItem(scope, found))
        throw new AppError("case.item_not_found");
      const { content } = found;
      assertFits(
        all.filter((one) => one !== found),
        content,
      );
      await items.setRemoved(itemId, undefined);
      if (content.kind === "clip")
        await pinClip(this.#context, tx, tenantId, { id: itemId, clip: content.clip });
      const data = { change: "item_restored", item: itemId, ...dataOf(content) };
      return { answer: { ...found, removed: undefined }, change: { data } };
    });
    return this.#shown(scope, item);
  }

  async #insert(
    tx: Changing["tx"],
    store: ItemStore,
    who: { readonly tenantId: Uuid; readonly caseId: Uuid; readonly personId: Uuid },
    content: ItemContent,
  ): Promise<KeptItem> {
    const { clock, random } = this.#context;
    const id = newUuid(clock, random);
    const item = { id, caseId: who.caseId, addedBy: who.personId, addedMs: clock.nowMs(), content };
    await store.insert(item);
    if (content.kind === "clip") await pinClip(this.#context, tx, who.tenantId, { id, clip: content.clip });
    return { ...item, removed: undefined };
  }

  #listed(store: ItemStore, caseId: Uuid): Promise<KeptItem[]> {
    return store.list(caseId, this.#context.clock.nowMs() - undoMs);
  }

  #itemsOf(tenantId: Uuid, caseId: Uuid): Promise<KeptItem[]> {
    return this.#listed(new ItemStore(this.#context.db, tenantId), caseId);
  }

  async #find(store: ItemStore, caseId: Uuid, itemId: Uuid): Promise<KeptItem> {
    const found = await store.find(caseId, itemId);
    if (found === undefined || found.removed !== undefined) throw new AppError("case.item_not_found");
    return found;
  }

  async #shown(scope: access.Scope, item: KeptItem): Promise<cases.CaseItem> {
    const [shown] = await this.#views.items(scope, [item]);
    return shown as cases.CaseItem;
  }
}

/** Of the log, without anything about people. */
function dataOf(content: ItemContent): object {
  const { kind } = content;
  if (kind === "clip") {
    const { cameraId, eventId, fromMs, toMs } = content.clip;
    return { kind, cameraId, fromMs, ...(toMs === undefined ? {} : { toMs }), ...(eventId && { eventId }) };
  }
  if (kind === "device") return { kind, deviceId: content.deviceId };
  if (kind === "person" && content.personId !== undefined) return { kind, personId: content.personId };
  return { kind };
}

function personalOf(content: ItemContent): { readonly personal?: Record<string, string> } {
  if (content.kind === "note") return { personal: { note: forLog(content.text) } };
  if (content.kind === "person" && content.name !== undefined) return { personal: { name: content.name } };
  return {};
}
