import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import { access, type BodyOf, PERSON_ONLY_PERMISSIONS, type Permission } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { matchesApiKey, newApiKey, parseApiKey, TOKEN_PREFIX } from "../../../platform/secrets/index.ts";
import type { PermissionsContext } from "../context.ts";
import type { TokenRow } from "../tables.ts";
import { CallRate } from "./call-rate.ts";
import { findTokenByKey, TokenStore, touchToken } from "./token-store.ts";

const MAX_LIVE_TOKENS = 200;
const MAX_LISTED = 500;
const DAY_MS = 86_400_000;
/** Last use is for people who look for tokens that nobody needs. */
const TOUCH_EVERY_MS = 60_000;

/** Tokens of programs. One allows what it names, and never more than its maker may do at that moment. */
export class TokenService {
  readonly #context: PermissionsContext;
  readonly #rate: CallRate;

  constructor(context: PermissionsContext) {
    this.#context = context;
    this.#rate = new CallRate(context.clock);
  }

  async list(tenantId: Uuid): Promise<access.ApiToken[]> {
    const names = await this.#names(tenantId);
    return (await this.#store(tenantId).list(MAX_LISTED)).map((row) => viewToken(row, names));
  }

  async create(
    principal: PersonPrincipal,
    { name, permissions, sites, expiresMs }: BodyOf<typeof access.createToken>,
  ): Promise<{ token: access.ApiToken; secret: string }> {
    const { tenantId, personId } = principal;
    const { db, clock, random, audit } = this.#context;
    if (principal.isMachine === true) throw new AppError("token.needs_person");
    const nowMs = clock.nowMs();
    if (expiresMs <= nowMs || expiresMs > nowMs + access.TOKEN_MAX_DAYS * DAY_MS)
      throw new AppError("token.expiry_invalid");
    if (permissions.some((one) => PERSON_ONLY_PERMISSIONS.includes(one) || !principal.permissions.has(one)))
      throw new AppError("token.exceeds_own");
    await this.#assertSites(principal, sites);
    if ((await this.#store(tenantId).countLive(nowMs)) >= MAX_LIVE_TOKENS)
      throw new AppError("limit.reached", { limit: MAX_LIVE_TOKENS, what: "tokens" });
    const key = newApiKey(random, TOKEN_PREFIX);
    const row: TokenRow = {
      id: newUuid(clock, random),
      tenant_id: tenantId,
      person_id: personId,
      name,
      key_id: key.keyId,
      secret_sha256: key.sha256Hex,
      permissions: [...permissions],
      sites: sites === undefined ? null : [...sites],
      created_at: new Date(nowMs),
      expires_at: new Date(expiresMs),
      last_used_at: null,
      revoked_at: null,
    };
    await db.transaction().execute(async (tx) => {
      await new TokenStore(tx, tenantId).insert(row);
      await audit.record(tx, {
        kind: "token.created",
        tenantId,
        subject: { kind: "token", id: row.id },
        data: { name, permissions, expiresMs, ...(sites === undefined ? {} : { sites }) },
      });
    });
    return { token: viewToken(row, new Map([[personId, principal.name]])), secret: key.text };
  }

  /** Its next request is refused, and what it holds open ends. */
  async revoke(tenantId: Uuid, id: Uuid): Promise<void> {
    const { db, clock, audit, bus } = this.#context;
    const personId = await db.transaction().execute(async (tx) => {
      const madeBy = await new TokenStore(tx, tenantId).revoke(id, clock.nowMs());
      if (madeBy === undefined) throw new AppError("token.not_found");
      await audit.record(tx, { kind: "token.revoked", tenantId, subject: { kind: "token", id } });
      return madeBy;
    });
    bus.publish("session.ended", { tenantId, personId, sessionId: id });
  }

  /** Who asks with this token. Fails with auth.token_invalid or request.rate_limited; never says which part is wrong. */
  async authenticate(text: string): Promise<PersonPrincipal> {
    const { db, clock } = this.#context;
    const nowMs = clock.nowMs();
    const key = parseApiKey(text, TOKEN_PREFIX);
    const row = key === undefined ? undefined : await findTokenByKey(db, key.keyId);
    if (row === undefined || !matchesApiKey(text, row.secret_sha256) || !isLive(row, nowMs))
      throw new AppError("auth.token_invalid");
    this.#rate.take(row.id);
    const program = await this.#programOf(row);
    if (program === undefined) throw new AppError("auth.token_invalid");
    if (nowMs - (row.last_used_at?.getTime() ?? 0) > TOUCH_EVERY_MS) await touchToken(db, row.id, nowMs);
    return program;
  }

  /** What a program with something open may do now; undefined when its token has ended. */
  async again(tenantId: Uuid, tokenId: Uuid): Promise<PersonPrincipal | undefined> {
    const row = await this.#store(tenantId).find(tokenId);
    return row !== undefined && isLive(row, this.#context.clock.nowMs()) ? this.#programOf(row) : undefined;
  }

  async #programOf(row: TokenRow): Promise<PersonPrincipal | undefined> {
    const maker = await this.#context.people.principalOf(row.tenant_id, row.person_id);
    if (maker === undefined) return undefined;
    const allowed = new Set(
      (row.permissions as Permission[]).filter((one) => !PERSON_ONLY_PERMISSIONS.includes(one)),
    );
    const reach: access.Reach =
      row.sites === null ? "all" : { sites: new Set(row.sites), devices: new Set<Uuid>() };
    const { tenantId, personId } = maker;
    return {
      kind: "person",
      tenantId,
      personId,
      sessionId: row.id,
      name: row.name,
      permissions: access.intersectAccess(maker.permissions, allowed, reach),
      program: { tokenId: row.id, name: row.name },
    };
  }

  async removeOld(tenantId: Uuid, before: Date): Promise<void> {
    await this.#store(tenantId).removeEndedBefore(before);
  }

  async #assertSites(principal: PersonPrincipal, sites: readonly Uuid[] | undefined): Promise<void> {
    if (sites === undefined) return;
    const known = await this.#context.places.siteNames(principal.tenantId);
    const own = access.sitesOf(principal.permissions);
    if (!sites.every((id) => known.has(id) && (own === "all" || own.has(id))))
      throw new AppError("site.not_found");
  }

  async #names(tenantId: Uuid): Promise<ReadonlyMap<Uuid, string>> {
    return new Map((await this.#context.people.list(tenantId)).map(({ id, name }) => [id, name]));
  }

  #store(tenantId: Uuid): TokenStore {
    return new TokenStore(this.#context.db, tenantId);
  }
}

const isLive = ({ expires_at, revoked_at }: TokenRow, nowMs: UnixMs): boolean =>
  revoked_at === null && expires_at.getTime() > nowMs;

const viewToken = (row: TokenRow, names: ReadonlyMap<Uuid, string>): access.ApiToken => ({
  id: row.id,
  name: row.name,
  start: `${TOKEN_PREFIX}_${row.key_id}`,
  permissions: row.permissions as Permission[],
  ...(row.sites === null ? {} : { sites: row.sites }),
  madeBy: { id: row.person_id, name: names.get(row.person_id) ?? "" },
  createdMs: row.created_at.getTime(),
  expiresMs: row.expires_at.getTime(),
  ...(row.last_used_at === null ? {} : { lastUsedMs: row.last_used_at.getTime() }),
  ...(row.revoked_at === null ? {} : { revokedMs: row.revoked_at.getTime() }),
});
