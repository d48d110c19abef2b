import type { Uuid } from "@gatehouse/base";
import type { access, Permission } from "@gatehouse/contract";

export interface Named {
  readonly id: Uuid;
  readonly name: string;
}

/** Things of one kind that have names. The ledger keeps ids alone, and asks when somebody reads it. */
export interface NameSource {
  /** As subjects of the ledger have it. */
  readonly kind: string;
  /** Whoever lacks it is told no name. */
  readonly permission: Permission;
  /** What lies within the scope; of `ids` alone where that is less work. */
  list(scope: access.Scope, ids?: ReadonlySet<Uuid>): Iterable<Named> | Promise<Iterable<Named>>;
}
