import type { Clock, Uuid } from "@gatehouse/base";
import { ledger } from "@gatehouse/contract";
import { encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import { parseOutgoingUrl } from "../../../platform/outgoing/index.ts";
import type { LedgerPeople, LedgerSettings } from "../ports.ts";
import type { LedgerDatabase } from "../tables.ts";
import { listContradictions } from "./contradiction-store.ts";
import type { WitnessAsker } from "./witness-asker.ts";
import type { WitnessDesk } from "./witness-desk.ts";
import { standingOf, type Witness } from "./witness-model.ts";
import type { WitnessWatch } from "./witness-watch.ts";
import type { Witnessed } from "./witnessed-store.ts";

export interface WitnessRouteDeps {
  readonly db: LedgerDatabase;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly asker: WitnessAsker;
  readonly desk: WitnessDesk;
  readonly watch: WitnessWatch;
  readonly people: Pick<LedgerPeople, "isHost" | "hostId">;
  readonly settings: Pick<LedgerSettings, "witnessSilence">;
  readonly signer: Signer;
}

export function witnessRoutes(deps: WitnessRouteDeps): readonly Route[] {
  const { db, audit, asker, desk, people, settings, signer } = deps;
  const record = (tenantId: Uuid, data: Readonly<Record<string, unknown>>): Promise<void> =>
    db.transaction().execute((tx) => audit.record(tx, { kind: "ledger.witness_changed", tenantId, data }));
  return [
    route(ledger.listWitnesses, async ({ principal: { tenantId } }) => {
      const isHost = await people.isHost(tenantId);
      const all = await asker.list();
      const shown = all.filter(({ machine }) => isHost || (machine?.tenantId ?? tenantId) === tenantId);
      const limits = settings.witnessSilence(await people.hostId());
      return {
        ownKey: encodeVerifierKey(signer.key),
        witnesses: await Promise.all(shown.map((witness) => viewOf(deps, witness))),
        witnessed: isHost ? (await desk.list()).map(viewLog) : [],
        silentAfterMs: { installation: limits.installationMs, machine: limits.machineMs },
      };
    }),
    route(ledger.listContradictions, async ({ principal: { tenantId } }) => {
      const items = await listContradictions(db);
      if (await people.isHost(tenantId)) return { items };
      const own = (await asker.list()).filter(({ machine }) => machine?.tenantId === tenantId);
      return { items: items.filter(({ witnessId }) => own.some(({ id }) => id === witnessId)) };
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

async function viewOf({ clock, watch }: WitnessRouteDeps, witness: Witness): Promise<ledger.LedgerWitness> {
  const { id, kind, verifierKey, url, machine, addedMs, refusal, refusedMs, last } = witness;
  return {
    id,
    kind,
    name: watch.nameOf(witness),
    verifierKey,
    addedMs,
    state: standingOf(witness, clock.nowMs(), await watch.limitsFor(witness)),
    ...(url === undefined ? {} : { url }),
    ...(machine === undefined ? {} : { deviceId: machine.deviceId }),
    ...(refusal === undefined ? {} : { reason: refusal }),
    ...(refusal === undefined || refusedMs === undefined ? {} : { sinceMs: refusedMs }),
    ...(last === undefined ? {} : { last }),
  };
}

const viewLog = ({ id, state, addedMs, cosignedMs, refusal }: Witnessed): ledger.WitnessedLog => ({
  id,
  verifierKey: state.log,
  size: state.size,
  root: state.root,
  addedMs,
  ...(cosignedMs === undefined ? {} : { cosignedMs }),
  ...(refusal === undefined ? {} : { refusal }),
  seams: [...state.seams],
});
