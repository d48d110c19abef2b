import type { Uuid } from "@gatehouse/base";
import type { access, FourEyesAct } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { PermissionsContext } from "../context.ts";
import { ApprovalStore, loadPolicies } from "./approval-store.ts";

const NOTHING_DEMANDED = { acts: [], delayHours: 24 } as const satisfies access.ApprovalPolicy;

/** Which acts each organisation wants a second person for, in memory for every act. */
export class PolicyBoard {
  readonly #context: PermissionsContext;
  #policies: Awaited<ReturnType<typeof loadPolicies>> = new Map();

  constructor(context: PermissionsContext) {
    this.#context = context;
  }

  async load(): Promise<void> {
    this.#policies = await loadPolicies(this.#context.db);
  }

  of(tenantId: Uuid): access.ApprovalPolicy {
    const { acts, delayHours } = this.#policies.get(tenantId) ?? NOTHING_DEMANDED;
    return { acts: [...acts], delayHours };
  }

  /** A change of the policy needs a second person while anything does. */
  demands(tenantId: Uuid, act: FourEyesAct): boolean {
    const { acts } = this.of(tenantId);
    return act === "approval_policy" ? acts.length > 0 : acts.includes(act);
  }

  async set({ tenantId }: PersonPrincipal, policy: access.ApprovalPolicy): Promise<access.ApprovalPolicy> {
    const { db, audit } = this.#context;
    const before = this.of(tenantId);
    await db.transaction().execute(async (tx) => {
      await new ApprovalStore(tx, tenantId).putPolicy(policy);
      await audit.record(tx, {
        kind: "settings.changed",
        tenantId,
        subject: { kind: "approval_policy", id: tenantId },
        data: { before, after: policy },
      });
    });
    await this.load();
    return this.of(tenantId);
  }
}
