import type { MonotonicMs, Timer, Uuid } from "@gatehouse/base";
import { networkOf } from "../../../platform/throttle/index.ts";
import type { AccountsContext, Origin } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import { emailKey, firstTenantId, type PersonRow } from "../people/account-store.ts";
import type { Attack } from "../ports.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Entries a minute that stand for one refusal each; what comes beyond is one entry with a count. */
const LIMITS = { account: 10, network: 20, all: 60 } as const;
/** Wrong tries on one account in an hour, after which its person is told, once a day. */
const ATTACK_TRIES = 20;
/** Refusals of one minute, over all accounts, that are no crowd of forgetful people any more. */
const FLOOD_TRIES = 200;
const MAX_KEYS = 20_000;
const MAX_ATTACKS = 100;

export interface Refusal {
  /** What was tried: a log-in, a change of password, a step-up. */
  readonly act: "login" | "password_change" | "step_up";
  readonly person: PersonRow | undefined;
  /** As typed. */
  readonly email: string;
  readonly reason: "credentials" | "throttled" | "code" | "passkey" | "state";
  readonly origin: Origin;
}

interface Summary {
  readonly person: PersonRow | undefined;
  count: number;
  readonly networks: Set<string>;
}

interface Tries {
  count: number;
  sinceMs: MonotonicMs;
  toldMs: MonotonicMs | undefined;
}

/**
 * Refused tries in the ledger. A flood is summed up, so that nobody can fill it by knocking, and the person whose account it is hears of it.
 */
export class Refusals {
  readonly #context: AccountsContext;
  readonly #teller: Teller;
  #window = new Map<string, number>();
  #summaries = new Map<string, Summary>();
  readonly #tries = new Map<Uuid, Tries>();
  #attacks: readonly Attack[] = [];
  #floodToldMs: MonotonicMs | undefined;
  #timer: Timer | undefined;

  constructor(context: AccountsContext, teller: Teller) {
    this.#context = context;
    this.#teller = teller;
  }

  start(): void {
    this.#timer = this.#context.clock.every(MINUTE_MS, () => {
      this.flush().catch((error: unknown) => this.#context.log.error({ err: error }, "login.refusals_lost"));
    });
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.flush();
  }

  async note(refusal: Refusal): Promise<void> {
    const { person, email, origin } = refusal;
    const network = networkOf(origin.address);
    const counts = [
      this.#count(`account ${emailKey(email)}`) <= LIMITS.account,
      this.#count(`network ${network}`) <= LIMITS.network,
      this.#count("all") <= LIMITS.all,
    ];
    if (counts.every(Boolean)) await this.#write(refusal, {});
    else this.#addUp(person, network);
    if (person !== undefined) await this.#watch(person);
  }

  /** Of the last day, the newest first. */
  attacks(): readonly Attack[] {
    const sinceMs = this.#context.clock.nowMs() - DAY_MS;
    this.#attacks = this.#attacks.filter(({ atMs }) => atMs > sinceMs);
    return this.#attacks;
  }

  /** Writes what was summed up; a new minute begins. */
  async flush(): Promise<void> {
    const summaries = [...this.#summaries.values()];
    this.#summaries = new Map();
    const refused = this.#window.get("all") ?? 0;
    this.#window = new Map();
    if (refused >= FLOOD_TRIES) await this.#tellOfFlood(refused);
    for (const { person, count, networks } of summaries) {
      const origin = { address: "", client: `× ${count}` };
      const repeated = {
        act: "login",
        person,
        email: person?.email ?? "",
        reason: "credentials",
        origin,
      } as const;
      await this.#write(repeated, { count, networks: networks.size });
    }
  }

  #count(key: string): number {
    const count = (this.#window.get(key) ?? 0) + 1;
    if (count > 1 || this.#window.size < MAX_KEYS) this.#window.set(key, count);
    return count;
  }

  #addUp(person: PersonRow | undefined, network: string): void {
    const key = person?.id ?? "";
    const summary = this.#summaries.get(key) ?? { person, count: 0, networks: new Set() };
    summary.count++;
    if (summary.networks.size < 1_000) summary.networks.add(network);
    this.#summaries.set(key, summary);
  }

  async #write(
    { act, person, email, reason }: Omit<Refusal, "origin">,
    sum: { readonly count?: number; readonly networks?: number },
  ): Promise<void> {
    const { db, audit } = this.#context;
    const summed = sum.count !== undefined;
    await db.transaction().execute(async (tx) => {
      await audit.record(tx, {
        kind: "login.refused",
        tenantId: person?.tenant_id,
        outcome: "refused",
        ...(person === undefined ? {} : { subject: { kind: "person", id: person.id } }),
        data: { act, ...(summed ? sum : { reason }) },
        ...(email === "" ? {} : { personal: { email: email.slice(0, 254) } }),
      });
    });
  }

  async #watch(person: PersonRow): Promise<void> {
    const nowMs = this.#context.clock.monotonicMs();
    const tries = this.#tries.get(person.id) ?? { count: 0, sinceMs: nowMs, toldMs: undefined };
    if (nowMs - tries.sinceMs > HOUR_MS) Object.assign(tries, { count: 0, sinceMs: nowMs });
    tries.count++;
    this.#tries.set(person.id, tries);
    if (tries.count < ATTACK_TRIES) return;
    if (tries.toldMs !== undefined && nowMs - tries.toldMs < DAY_MS) return;
    tries.toldMs = nowMs;
    await this.#tell(person, tries.count);
  }

  async #tell(person: PersonRow, tries: number): Promise<void> {
    const { db, audit, clock } = this.#context;
    const { id, tenant_id: tenantId, name } = person;
    const attack = { tenantId, name, tries, atMs: clock.nowMs() };
    await db.transaction().execute(async (tx) => {
      await audit.record(tx, {
        kind: "login.attacked",
        tenantId,
        outcome: "refused",
        subject: { kind: "person", id },
        data: { tries },
      });
      await this.#teller.mail(tx, person, { purpose: "under_attack", tries });
      await this.#context.attackNotices.tell(tx, attack);
    });
    this.#teller.wake();
    this.#keep(attack);
  }

  /** Of many accounts; once a day. */
  async #tellOfFlood(tries: number): Promise<void> {
    const { db, audit, clock, attackNotices } = this.#context;
    const nowMs = clock.monotonicMs();
    const tenantId = await firstTenantId(db);
    if (this.#floodToldMs !== undefined && nowMs - this.#floodToldMs < DAY_MS) return;
    if (tenantId === undefined) return;
    this.#floodToldMs = nowMs;
    const attack = { tenantId, name: undefined, tries, atMs: clock.nowMs() };
    await db.transaction().execute(async (tx) => {
      await audit.record(tx, { kind: "login.attacked", tenantId, outcome: "refused", data: { tries } });
      await attackNotices.tell(tx, attack);
    });
    this.#keep(attack);
  }

  #keep(attack: Attack): void {
    const { attackNotices, log } = this.#context;
    attackNotices.wake();
    this.#attacks = [attack, ...this.#attacks].slice(0, MAX_ATTACKS);
    log.warn({ tenantId: attack.tenantId, tries: attack.tries }, "login.under_attack");
  }
}
