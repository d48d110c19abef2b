import type { Reading } from "@gatehouse/contract";
import { OK } from "@gatehouse/plausibility";
import type { PoolClient } from "pg";
import { insertHeld } from "./held-store.ts";
import type { Hold } from "./model.ts";
import type { Subjects } from "./subjects.ts";

/**
 * Asked for every reading before it is stored: one look-up, and a comparison for each number. The readings of a
 * quarantined device, and single ones that cannot follow what came before, are kept apart.
 */
export class Screen {
  readonly #subjects: Subjects;

  constructor(subjects: Subjects) {
    this.#subjects = subjects;
  }

  screen({ tenantId, deviceId, tsMs, numbers }: Reading): Hold | undefined {
    const subject = this.#subjects.find(deviceId);
    if (subject === undefined || subject.tenantId !== tenantId) return undefined;
    const { quarantine, verdicts } = subject;
    if (quarantine !== undefined) {
      verdicts.implausible++;
      return { cause: "quarantine", findings: quarantine.findings };
    }
    const verdict = subject.judged.check(tsMs, numbers);
    if (verdict !== OK) {
      verdicts.implausible++;
      return { cause: "implausible", findings: verdict.reasons };
    }
    if (subject.suspect) verdicts.suspect++;
    else verdicts.ok++;
    return undefined;
  }

  keep(
    client: PoolClient,
    held: readonly { readonly reading: Reading; readonly why: object }[],
  ): Promise<void> {
    // Telemetry hands back what `screen` answered.
    return insertHeld(client, held as readonly { readonly reading: Reading; readonly why: Hold }[]);
  }
}
