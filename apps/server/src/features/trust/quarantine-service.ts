import { AppError, type Clock, type Logger, type Uuid } from "@gatehouse/base";
import type { Bus, trust } from "@gatehouse/contract";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import { type Actor, DAY_MS, mayQuarantine, type Subject } from "./model.ts";
import type { Remark, TrustDevices, TrustSettings } from "./ports.ts";
import type { Subjects } from "./subjects.ts";
import type { TrustDatabase } from "./tables.ts";
import { TrustStore } from "./trust-store.ts";

export interface QuarantineDeps {
  readonly subjects: Subjects;
  readonly db: TrustDatabase;
  readonly audit: AuditTrail;
  readonly devices: TrustDevices;
  readonly settings: TrustSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
}

/** What the ledger keeps of a decision; a suggestion is none. */
type Act = Pick<AuditEvent, "kind" | "data" | "personal" | "actor">;

/** A suggestion is withdrawn when the score is back above this. */
const SUGGESTION_ENDS_SCORE = 60;

/** Who is believed: set by people, or by the score where the tenant allows it. Committed before it takes effect. */
export class QuarantineService {
  readonly #deps: QuarantineDeps;
  /** Automatic quarantines of the last day, by tenant. */
  readonly #automatic = new Map<Uuid, number[]>();
  #quarantines = 0;

  constructor(deps: QuarantineDeps) {
    this.#deps = deps;
  }

  /** Quarantines since start. */
  get count(): number {
    return this.#quarantines;
  }

  async quarantine(actor: Actor, deviceId: Uuid, reason: string): Promise<void> {
    const subject = this.#deps.subjects.get(actor.tenantId, deviceId);
    if (subject.quarantine !== undefined) throw new AppError("trust.already_quarantined");
    const findings = this.#findings(subject);
    await this.#set(
      subject,
      { atMs: this.#deps.clock.nowMs(), byName: actor.name, reason, findings },
      { data: figuresOf(findings), personal: { reason } },
    );
    this.#note(subject, {
      level: "warn",
      code: "quarantined",
      message: "Quarantined: readings are kept apart",
      data: { by: actor.name, reason },
    });
  }

  /** `learn`: what it shows now is its new normal. */
  async release(actor: Actor, deviceId: Uuid, reason: string, learn: boolean): Promise<void> {
    const { subjects, clock, bus } = this.#deps;
    const subject = subjects.get(actor.tenantId, deviceId);
    if (subject.quarantine === undefined) throw new AppError("trust.not_quarantined");
    const data = { learned: learn };
    await this.#save(subject, undefined, undefined, { kind: "device.released", data, personal: { reason } });
    subject.judged.quarantined = false;
    this.#forgive(subject, learn);
    this.#note(subject, {
      level: "info",
      code: "quarantine_released",
      message: "Released from quarantine",
      data: { by: actor.name, reason, learned: learn },
    });
    bus.publish("device.released", { tenantId: subject.tenantId, deviceId, atMs: clock.nowMs() });
  }

  /** What the device shows is its new normal. */
  async dismiss(actor: Actor, deviceId: Uuid, reason: string): Promise<void> {
    const subject = this.#deps.subjects.get(actor.tenantId, deviceId);
    const act = { kind: "device.relearned", personal: { reason } } as const;
    await this.#save(subject, subject.quarantine, undefined, act);
    this.#forgive(subject, true);
    this.#note(subject, {
      level: "info",
      code: "behaviour_learned",
      message: "What it shows was accepted as normal",
      data: { by: actor.name, reason },
    });
  }

  /** After a review: quarantines, suggests, or withdraws a suggestion, as the tenant wants. */
  async consider(subject: Subject): Promise<void> {
    const { settings, clock, subjects } = this.#deps;
    const { tenantId, quarantine, suggestedMs, score } = subject;
    if (quarantine !== undefined) return;
    const mode = settings.autoQuarantine(tenantId);
    if (score > subjects.watch.tuning.quarantineScore || mode === "off") {
      if (suggestedMs !== undefined && (score > SUGGESTION_ENDS_SCORE || mode === "off"))
        await this.#save(subject, undefined, undefined);
      return;
    }
    if (mode === "on" && this.#hasRoom(tenantId)) return this.#automatically(subject);
    if (suggestedMs !== undefined) return;
    await this.#save(subject, undefined, clock.nowMs());
    this.#note(subject, {
      level: "warn",
      code: "quarantine_suggested",
      message: "Its readings are implausible: quarantine is advised",
      data: { score, ...figuresOf(this.#findings(subject)) },
    });
  }

  async #automatically(subject: Subject): Promise<void> {
    const { clock } = this.#deps;
    const findings = this.#findings(subject);
    const act = {
      data: { score: subject.score, ...figuresOf(findings) },
      actor: { kind: "system" },
    } as const;
    await this.#set(subject, { atMs: clock.nowMs(), findings }, act);
    this.#automatic.set(subject.tenantId, [...(this.#automatic.get(subject.tenantId) ?? []), clock.nowMs()]);
    this.#note(subject, {
      level: "warn",
      code: "quarantined",
      message: "Quarantined: readings are kept apart",
      data: { score: subject.score, ...figuresOf(findings) },
    });
  }

  /** Many devices at once are a change of the world, or a fault of ours: then people decide. */
  #hasRoom(tenantId: Uuid): boolean {
    const sinceMs = this.#deps.clock.nowMs() - DAY_MS;
    const today = (this.#automatic.get(tenantId) ?? []).filter((atMs) => atMs > sinceMs);
    this.#automatic.set(tenantId, today);
    return mayQuarantine(today.length, this.#deps.subjects.ofTenant(tenantId).length);
  }

  async #set(subject: Subject, quarantine: trust.Quarantine, act: Omit<Act, "kind">): Promise<void> {
    await this.#save(subject, quarantine, undefined, { kind: "device.quarantined", ...act });
    subject.judged.quarantined = true;
    this.#quarantines++;
    const { tenantId, deviceId } = subject;
    const automatic = quarantine.byName === undefined;
    this.#deps.log.warn({ deviceId, automatic }, "trust.quarantined");
    this.#deps.bus.publish("device.quarantined", { tenantId, deviceId, automatic, atMs: quarantine.atMs });
  }

  async #save(
    subject: Subject,
    quarantine: trust.Quarantine | undefined,
    suggestedMs: number | undefined,
    act?: Act,
  ): Promise<void> {
    const { db, audit } = this.#deps;
    await db.transaction().execute(async (tx) => {
      await new TrustStore(tx).saveQuarantine({ ...subject, quarantine, suggestedMs });
      if (act === undefined) return;
      const { tenantId, deviceId } = subject;
      await audit.record(tx, { ...act, tenantId, subject: { kind: "device", id: deviceId } });
    });
    Object.assign(subject, { quarantine, suggestedMs });
  }

  #forgive(subject: Subject, learn: boolean): void {
    if (learn) subject.judged.accept();
    else subject.judged.calm();
    subject.suspect = false;
    subject.score = 100;
  }

  #findings({ judged }: Subject): trust.Finding[] {
    return [...judged.trust(this.#deps.subjects.watch.tuning).findings];
  }

  #note({ tenantId, deviceId }: Subject, remark: Remark): void {
    this.#deps.devices.note(tenantId, deviceId, remark);
  }
}

/** The strongest reason, for one line of a log. */
function figuresOf([strongest]: readonly trust.Finding[]): Record<string, unknown> {
  if (strongest === undefined) return {};
  const { code, metric, value, limit } = strongest;
  return {
    finding: code,
    ...(metric === undefined ? {} : { metric }),
    value: Number(value.toPrecision(3)),
    limit: Number(limit.toPrecision(3)),
  };
}
