import { AppError, type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import { recovery } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { Feature } from "../../platform/feature.ts";
import { route } from "../../platform/http/route.ts";
import {
  fingerprintOfKey,
  type MasterKey,
  newRecoveryCode,
  newRecoveryKit,
  RECOVERY_GROUPS,
  readRecoveryKit,
  writeRecoveryKit,
} from "../../platform/secrets/index.ts";
import { Drafts } from "./drafts.ts";

export interface RecoveryDeps {
  readonly db: AnyDatabase;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly masterKey: MasterKey;
  readonly dataDir: string;
}

export interface RecoveryFeature extends Feature {
  /** Whether a code on paper opens the backups of today. */
  hasKit(): Promise<boolean>;
}

export function createRecovery(deps: RecoveryDeps): RecoveryFeature {
  const kits = new RecoveryKits(deps);
  return {
    name: "recovery",
    routes: [
      route(recovery.getRecoveryKit, () => kits.state()),
      route(recovery.draftRecoveryKit, async ({ principal }) => kits.draft(principal.personId)),
      route(recovery.confirmRecoveryKit, ({ principal, params, body }) =>
        kits.confirm(principal, params.kitId, body.groups),
      ),
    ],
    hasKit: async () => (await kits.state()).kit !== undefined,
  };
}

/** Codes that are shown and come to count. */
export class RecoveryKits {
  readonly #deps: RecoveryDeps;
  readonly #drafts = new Drafts();

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
  }

  /** A kit of another key, left from before, is none. */
  async state(): Promise<recovery.RecoveryKitState> {
    const { dataDir, masterKey } = this.#deps;
    const kit = await readRecoveryKit(dataDir);
    if (kit === undefined || kit.fingerprint !== fingerprintOfKey(masterKey)) return {};
    return { kit: { id: kit.id, madeMs: kit.madeMs } };
  }

  draft(personId: Uuid): recovery.RecoveryKitDraft {
    const { clock, random, masterKey } = this.#deps;
    const groups = newRecoveryCode(random);
    const made = { id: newUuid(clock, random), madeMs: clock.nowMs() };
    const kit = newRecoveryKit(masterKey, groups, made, random);
    const asked = chooseGroups(random);
    const expected = asked.map((number) => groups[number - 1] as string);
    this.#drafts.put(personId, kit, expected, made.madeMs);
    return { ...made, groups, asked };
  }

  /** Refuses `recovery.draft_ended` and `recovery.code_wrong`. */
  async confirm(
    { personId, tenantId }: { readonly personId: Uuid; readonly tenantId: Uuid },
    kitId: string,
    typed: readonly string[],
  ): Promise<recovery.RecoveryKitState> {
    const { db, audit, clock, random, dataDir } = this.#deps;
    const kit = this.#drafts.match(personId, kitId, typed, clock.nowMs());
    if (kit === undefined) throw new AppError("recovery.draft_ended");
    if (kit === "wrong") throw new AppError("recovery.code_wrong");
    const { kit: before } = await this.state();
    await db.transaction().execute(async (tx) => {
      const data = { kit: kit.id, ...(before === undefined ? {} : { replaces: before.id }) };
      await audit.record(tx, { kind: "recovery_kit.made", tenantId, data });
      await writeRecoveryKit(dataDir, kit, random);
    });
    this.#drafts.end(personId);
    return this.state();
  }
}

/** Numbers of groups, the first is 1, rising. */
function chooseGroups(random: Random): number[] {
  const numbers = Array.from({ length: RECOVERY_GROUPS }, (_, at) => at + 1);
  while (numbers.length > recovery.KIT_GROUPS_ASKED) {
    const [byte = 0] = random.bytes(1);
    numbers.splice(byte % numbers.length, 1);
  }
  return numbers;
}
