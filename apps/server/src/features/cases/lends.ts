import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import { type access, type BodyOf, cases, type ReplyOf } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { findCase } from "./changes.ts";
import type { CaseContext } from "./context.ts";
import type { CaseExports } from "./exports/case-exports.ts";
import { ItemStore } from "./item-store.ts";
import { type KeptLend, LendStore } from "./lend-store.ts";
import type { CaseClipSpan } from "./model.ts";
import type { Lending } from "./ports.ts";
import type { Asking } from "./service.ts";
import type { CaseViews } from "./views.ts";

interface LendDeps {
  readonly context: CaseContext;
  readonly views: CaseViews;
  readonly exports: Pick<CaseExports, "clipsOf">;
  readonly lending: Lending;
}

/** Cases lent to people without an account: one link to the clips, ended as a whole. */
export class CaseLends {
  readonly #deps: LendDeps;

  constructor(deps: LendDeps) {
    this.#deps = deps;
  }

  async create(
    { scope, personId, caseId }: Asking,
    wish: BodyOf<typeof cases.lendCase>,
  ): Promise<ReplyOf<typeof cases.lendCase>> {
    const { context, exports, lending } = this.#deps;
    const { audit, clock, db, random } = context;
    const { tenantId } = scope;
    const kept = await findCase(context, tenantId, caseId);
    const clips = await this.#recorded(scope, caseId, await exports.clipsOf(scope, caseId));
    const spans = clips.map(({ cameraId, fromMs, toMs }) => ({ cameraId, fromMs, toMs }));
    const { shares, url } = await lending.lend({ tenantId, personId }, spans, wish);
    const lend: KeptLend = {
      ...{ id: newUuid(clock, random), caseId, madeMs: clock.nowMs() },
      shareIds: shares.map(({ id }) => id),
    };
    await db.transaction().execute(async (tx) => {
      await new LendStore(tx, tenantId).insert(lend);
      await audit.record(tx, {
        kind: "case.lent",
        tenantId,
        subject: { kind: "case", id: caseId },
        data: {
          ...{ case: kept.number, lend: lend.id, links: shares.map(({ number }) => number) },
          ...{ clips: clips.map(({ itemId }) => itemId), expiresMs: (shares[0]?.expiresMs ?? 0) as UnixMs },
          hasPassword: wish.password !== undefined,
        },
        personal: { note: wish.note ?? "" },
      });
    });
    return { lend: { id: lend.id, clips: [...shares] }, url };
  }

  /** Those of which something is recorded and nothing was erased. Refuses `case.nothing_to_export`. */
  async #recorded(
    { tenantId }: access.Scope,
    caseId: Uuid,
    clips: readonly CaseClipSpan[],
  ): Promise<readonly CaseClipSpan[]> {
    const { db, recorded } = this.#deps.context;
    const coverage = await recorded.coverage(tenantId, clips);
    const items = await new ItemStore(db, tenantId).list(caseId, Number.MAX_SAFE_INTEGER);
    const erased = new Set(
      items.flatMap(({ content, id }) =>
        content.kind === "clip" && content.clip.erasedMs !== undefined ? [id] : [],
      ),
    );
    const left = clips.filter(({ itemId }, at) => coverage[at] !== "none" && !erased.has(itemId));
    if (left.length === 0) throw new AppError("case.nothing_to_export");
    return left;
  }

  /** With the clips that the asker may see; one of which they may see none is not listed. */
  async list(scope: access.Scope, caseId: Uuid): Promise<cases.CaseLend[]> {
    const { context, lending, views } = this.#deps;
    await findCase(context, scope.tenantId, caseId);
    const lends = await new LendStore(context.db, scope.tenantId).list(caseId);
    const shown: cases.CaseLend[] = [];
    for (const { id, shareIds } of lends) {
      const found = await lending.listed(scope.tenantId, shareIds);
      const clips = found.filter(({ cameraId }) => views.reaches(scope, cameraId));
      if (clips.length > 0) shown.push({ id, clips });
    }
    return shown;
  }

  /** Whoever is looking sees nothing more when it resolves. Refuses `share.not_found`, `share.ended`. */
  async revoke({ tenantId }: access.Scope, caseId: Uuid, id: Uuid): Promise<void> {
    const { context, lending } = this.#deps;
    const { audit, db } = context;
    const kept = await findCase(context, tenantId, caseId);
    const lend = await new LendStore(db, tenantId).find(caseId, id);
    const [first] = lend?.shareIds ?? [];
    if (first === undefined) throw new AppError("share.not_found");
    await lending.revoke(tenantId, first);
    await db.transaction().execute((tx) =>
      audit.record(tx, {
        kind: "case.lend_revoked",
        tenantId,
        subject: { kind: "case", id: caseId },
        data: { case: kept.number, lend: id },
      }),
    );
  }
}

export const caseLendRoutes = (lends: CaseLends): readonly Route[] => [
  route(cases.lendCase, ({ scope, principal: { personId }, params, body }) =>
    lends.create({ scope, personId, caseId: params.id }, body),
  ),
  route(cases.listCaseLends, async ({ scope, params }) => ({ items: await lends.list(scope, params.id) })),
  route(cases.revokeCaseLend, async ({ scope, params }) => {
    await lends.revoke(scope, params.id, params.lend);
    return {};
  }),
];
