import { type ExportKeys, encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import type { Log } from "../model.ts";
import { certificateOf } from "../trust.ts";
import type { Witness } from "../witnesses/witness-model.ts";

export interface ExportKeyDeps {
  readonly root: Signer;
  readonly signerOf: (origin: string) => Signer;
  /** Those of today. */
  readonly witnesses: () => Promise<readonly Pick<Witness, "verifierKey" | "machine">[]>;
}

/** `keys.json` (docs/verify.md) beside events of this log. */
export async function exportKeys({ root, signerOf, ...deps }: ExportKeyDeps, log: Log): Promise<ExportKeys> {
  const witnesses = await deps.witnesses();
  const machines = witnesses.filter(({ machine }) => machine !== undefined);
  return {
    root: encodeVerifierKey(root.key),
    certificate: certificateOf(signerOf(log.origin), root),
    witnesses: witnesses.map(({ verifierKey }) => verifierKey),
    ...(machines.length === 0 ? {} : { ownMachines: machines.map(({ verifierKey }) => verifierKey) }),
  };
}
