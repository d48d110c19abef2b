import type { Clock, UnixMs, Uuid } from "@gatehouse/base";
import type { LedgerPeople, LedgerSettings, WitnessNotice, WitnessNotices } from "../ports.ts";
import { type SilenceLimits, standingOf, type Witness } from "./witness-model.ts";
import type { WitnessStore } from "./witness-store.ts";

export interface WatchDeps {
  readonly store: WitnessStore;
  readonly clock: Clock;
  readonly people: Pick<LedgerPeople, "hostId">;
  readonly settings: Pick<LedgerSettings, "witnessSilence">;
  readonly notices: WitnessNotices;
  /** Name of one of our machines. */
  readonly nameOf: (deviceId: Uuid) => string | undefined;
}

/** A witness that people have to look after. */
export interface WitnessNeed {
  readonly kind: "refused" | "silent";
  readonly sinceMs: UnixMs;
  readonly name: string;
}

/** Tells people when a witness refuses or falls silent, and when it cosigns again: once each. */
export class WitnessWatch {
  readonly #deps: WatchDeps;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Of the witness's organisation; others' installations are the host's. */
  async limitsFor({ machine }: Witness): Promise<SilenceLimits> {
    const { people, settings } = this.#deps;
    return settings.witnessSilence(machine?.tenantId ?? (await people.hostId()));
  }

  async look(witnesses: readonly Witness[]): Promise<void> {
    for (const witness of witnesses) await this.#lookAt(witness);
  }

  nameOf({ machine, name }: Witness): string {
    return (machine && this.#deps.nameOf(machine.deviceId)) ?? name;
  }

  /** What waits for people of this organisation; the host's see all. */
  needsOf(witnesses: readonly Witness[], tenantId: Uuid, isHost: boolean): WitnessNeed[] {
    return witnesses.flatMap((witness) => {
      const { alarm, machine } = witness;
      if (alarm === undefined || !(isHost || machine?.tenantId === tenantId)) return [];
      return [{ kind: alarm.kind, sinceMs: alarm.atMs, name: this.nameOf(witness) }];
    });
  }

  async #lookAt(witness: Witness): Promise<void> {
    const { store, clock, people, notices } = this.#deps;
    const nowMs = clock.nowMs();
    const standing = standingOf(witness, nowMs, await this.limitsFor(witness));
    const kind = standing === "refused" || standing === "silent" ? standing : undefined;
    const before = witness.alarm;
    if (kind === before?.kind) return;
    const told = new Set([await people.hostId(), witness.machine?.tenantId]);
    const notice: Omit<WitnessNotice, "tenantId"> = {
      event: kind ?? "well",
      about: kind ?? before?.kind ?? "silent",
      name: this.nameOf(witness),
      isMachine: witness.machine !== undefined,
      reason: kind === "refused" ? witness.refusal : undefined,
      // Silent since its last word, refusing since it said so.
      sinceMs: kind === "refused" ? (witness.refusedMs ?? nowMs) : (witness.last?.atMs ?? witness.addedMs),
    };
    await store.transaction(async (inside, tx) => {
      const alarm = kind === undefined ? undefined : { kind, atMs: notice.sinceMs };
      if (!(await inside.saveAlarm(witness.id, before, alarm))) return;
      for (const tenantId of told)
        if (tenantId !== undefined) await notices.tell(tx, { ...notice, tenantId });
    });
    notices.told();
  }
}
