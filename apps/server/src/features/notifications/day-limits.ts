import type { Clock, Uuid } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import { dayOf } from "./caps.ts";
import {
  type DirectCaps,
  type DirectMessage,
  directLimits,
  type Medium,
  organisationLimits,
  type WordSeal,
} from "./direct-message.ts";
import type { DirectStore } from "./direct-store.ts";
import type { DayLimit } from "./outbox-store.ts";

type Need = operations.Overview["needsYou"][number];

interface DayLimitsDeps {
  readonly direct: DirectStore;
  readonly seal: WordSeal;
  readonly clock: Clock;
  caps(tenantId: Uuid, medium: Medium): DirectCaps;
}

const MEDIA = { email: "mail_limit", sms: "sms_limit" } as const satisfies Record<Medium, string>;

/** Whether a day's limits of messages to people are used up. What is queued but not yet sent does not count. */
export class DayLimits {
  readonly #deps: DayLimitsDeps;

  constructor(deps: DayLimitsDeps) {
    this.#deps = deps;
  }

  /** Tells whether an address has had many messages: only for those who have proven whose it is. */
  isUsedUp(message: Pick<DirectMessage, "tenantId" | "medium" | "class" | "to">): Promise<boolean> {
    const { caps, seal } = this.#deps;
    const limits = directLimits(message, seal.nameOf(message.to), caps(message.tenantId, message.medium));
    return this.#anyFull(limits);
  }

  /** For the owner, until the day (UTC) is over: nobody gets a code or a notice by this medium any more. */
  async needs(tenantId: Uuid): Promise<readonly Need[]> {
    const needs: Need[] = [];
    for (const medium of ["email", "sms"] as const) {
      const limits = organisationLimits(medium, tenantId, this.#deps.caps(tenantId, medium));
      if (await this.#anyFull(limits)) needs.push({ kind: MEDIA[medium], severity: "warning" });
    }
    return needs;
  }

  async #anyFull(limits: readonly DayLimit[]): Promise<boolean> {
    const { clock, direct } = this.#deps;
    const counts = await direct.counts(
      dayOf(clock.nowMs()),
      limits.map(({ scope }) => scope),
    );
    return limits.some(({ scope, cap }) => (counts.get(scope) ?? 0) >= cap);
  }
}
