import type { Clock, Uuid } from "@gatehouse/base";
import { ledger } from "@gatehouse/contract";
import { encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import { parseOutgoingUrl } from "../../../platform/outgoing/index.ts";
import type { LedgerDatabase } from "../tables.ts";
import type { WitnessAsker } from "./witness-asker.ts";
import type { WitnessDesk } from "./witness-desk.ts";
import { standingOf } from "./witness-model.ts";

export interface WitnessRouteDeps {
  readonly db: LedgerDatabase;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly asker: WitnessAsker;
  readonly desk: WitnessDesk;
  readonly signer: Signer;
}

export function witnessRoutes({ db, clock, audit, asker, desk, signer }: WitnessRouteDeps): readonly Route[] {
  const record = (tenantId: Uuid, data: Readonly<Record<string, unknown>>): Promise<void> =>
    db.transaction().execute((tx) => audit.record(tx, { kind: "ledger.witness_changed", tenantId, data }));
  return [
    route(ledger.listWitnesses, async () => {
      const nowMs = clock.nowMs();
      const witnesses = (await asker.list()).map(({ refusal, last, ...witness }) => ({
        ...witness,
        state: standingOf({ refusal, last, ...witness }, nowMs),
        ...(refusal === undefined ? {} : { reason: refusal }),
        ...(last === undefined ? {} : { last }),
      }));
      const witnessed = (await desk.list()).map(({ id, state, addedMs, cosignedMs }) => ({
        id,
        verifierKey: state.log,
        size: state.size,
        root: state.root,
        addedMs,
        ...(cosignedMs === undefined ? {} : { cosignedMs }),
        seams: [...state.seams],
      }));
      return { ownKey: encodeVerifierKey(signer.key), witnesses, witnessed };
    }),
    route(ledger.addWitness, async ({ principal, body: { url, verifierKey } }) => {
      parseOutgoingUrl(url, { allowPrivate: true });
      const id = await asker.add(url, verifierKey);
      await record(principal.tenantId, { change: "witness_added", verifierKey, url });
      void asker.ask();
      return { id };
    }),
    route(ledger.removeWitness, async ({ principal, params: { witnessId } }) => {
      await asker.remove(witnessId);
      await record(principal.tenantId, { change: "witness_removed", witnessId });
      return {};
    }),
    route(ledger.addWitnessedLog, async ({ principal, body: { verifierKey } }) => {
      const id = await desk.add(verifierKey);
      await record(principal.tenantId, { change: "log_added", verifierKey });
      return { id };
    }),
    route(ledger.acknowledgeRestart, async ({ principal, params: { witnessId }, body }) => {
      await desk.acknowledgeRestart(witnessId, body.verifierKey, body.reason);
      await record(principal.tenantId, { change: "restart_acknowledged", witnessId, ...body });
      return {};
    }),
    route(ledger.removeWitnessedLog, async ({ principal, params: { witnessId } }) => {
      await desk.remove(witnessId);
      await record(principal.tenantId, { change: "log_removed", witnessId });
      return {};
    }),
    route(ledger.addCheckpoint, async ({ body, reply }) => {
      const answer = await desk.consider(body);
      if (answer.status !== 200) {
        const type = answer.status === 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8";
        void reply.status(answer.status).type(type).header("cache-control", "no-store").send(answer.body);
      }
      return answer.body;
    }),
  ];
}
