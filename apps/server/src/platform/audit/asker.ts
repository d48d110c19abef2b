import { AsyncLocalStorage } from "node:async_hooks";
import type { Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";

/** Who causes an act: a person with a session, a program with a token, a device, whoever has a link, the owner at the machine, or nobody but us. */
export interface Actor {
  readonly kind: "person" | "program" | "device" | "link" | "machine" | "system" | "anonymous";
  readonly id?: Uuid;
  readonly tenantId?: Uuid;
}

/** One request, from when it is known who asks until it is answered. */
export interface Asker {
  actor: Actor;
  /** Undefined for what does not come over the network. */
  readonly address: string | undefined;
  /** Browser and system as far as the request tells. */
  readonly client: string | undefined;
  /** What was written to the ledger on this request so far. */
  readonly recorded: Set<ledger.LedgerKind>;
}

const storage = new AsyncLocalStorage<Asker>();

/** Everything `act` does, however deep and however late, is done for this asker. */
export const askedBy = <T>(asker: Asker, act: () => T): T => storage.run(asker, act);

/** Undefined outside any request: a job, a device's message, the start. */
export const currentAsker = (): Asker | undefined => storage.getStore();

/** Whoever asks turned out to be this one, by a link or a password: what follows is theirs. */
export function recognise(actor: Actor): void {
  const asker = storage.getStore();
  if (asker !== undefined) asker.actor = actor;
}

/** What outlives the request that set it off, such as a timer, is nobody's act. */
export const unasked = <T>(act: () => T): T => storage.exit(act);
