import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { parseVerifierKey, verifyEvidence } from "@gatehouse/ledger";
import { virtualClock } from "@gatehouse/testkit";
import { openZip, statements } from "@gatehouse/verifier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WitnessLinks, WitnessNotice } from "../ports.ts";
import { openEvents } from "../testing/events.ts";
import { type LedgerHouse, ledgerHouse, OTHER_TENANT, PERSON, TENANT } from "../testing/house.ts";
import { SILENCE } from "../testing/ledger.ts";
import { TestMachine } from "../testing/machine.ts";
import { listContradictions } from "./contradiction-store.ts";
import { standingOf } from "./witness-model.ts";

const MINUTE_MS = 60_000;

let clock: ReturnType<typeof virtualClock>;
let house: LedgerHouse;
let machines: Map<string, TestMachine>;
let notices: WitnessNotice[];
let underWay: number;
let mostUnderWay: number;

/** Machines that answer a moment later, as over a wire. */
const links: WitnessLinks = {
  find: (deviceId) => machines.get(deviceId),
  send(deviceId, payload) {
    const machine = machines.get(deviceId);
    if (machine?.isThere !== true) return false;
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    setTimeout(() => {
      underWay--;
      void said(machine, machine.answer(payload));
    }, 2);
    return true;
  },
  tell: async (_tx, notice) => void notices.push(notice),
  told: () => {},
};

const desk = () => house.ledger.witnesses.machines;
const said = (machine: TestMachine, word: object, tenantId = TENANT) =>
  desk().said({ tenantId, deviceId: machine.deviceId }, word);
const enrol = async (number: number, isGateway = true, tenantId = TENANT): Promise<TestMachine> => {
  const machine = new TestMachine(number, isGateway, clock);
  machines.set(machine.deviceId, machine);
  expect(await said(machine, { kind: "witness", say: "ready", key: machine.key }, tenantId)).toBeUndefined();
  return machine;
};
const grow = async (count: number, word = "a"): Promise<void> => {
  for (let n = 0; n < count; n++) await house.record({ data: { word, n } });
  await house.ledger.flush();
};
const ask = () => house.ledger.witnesses.asker.ask();
const standings = async () =>
  (await house.ledger.witnesses.asker.list()).map((witness) => standingOf(witness, clock.nowMs(), SILENCE));
const changes = async () =>
  (await openEvents(house.db))
    .filter(({ kind }) => kind.startsWith("ledger.witness"))
    .map(({ kind, data }) => (kind === "ledger.witness_changed" ? data.change : `refused: ${data.reason}`));

beforeEach(async () => {
  clock = virtualClock();
  [machines, notices, underWay, mostUnderWay] = [new Map(), [], 0, 0];
  house = await ledgerHouse(clock, links);
  await grow(5);
});
afterEach(() => house[Symbol.asyncDispose]());

describe("machines of this installation as witnesses", () => {
  it("cosign under the key that they told, once each, and stand in exports for what they are", async () => {
    const gateway = await enrol(1);
    await enrol(2, false);
    await said(gateway, { kind: "witness", say: "ready", key: gateway.key });
    await grow(3);
    await ask();
    expect(await standings()).toEqual(["ok", "ok"]);
    expect(await changes()).toEqual(["witness_enrolled", "witness_enrolled"]);

    const zip = await house.ledger.exports.export(TENANT, { reveal: false });
    const opened = openZip(await buffer(Readable.from(zip)));
    if (opened.state !== "complete") throw new Error(opened.state);
    const report = verifyEvidence(opened.files, { witnesses: [parseVerifierKey(gateway.key)] });
    expect(report.witnesses).toMatchObject([
      { state: "valid", isOwnMachine: true },
      { state: "valid", isOwnMachine: true },
    ]);
    expect(statements(report).join("\n")).toContain(
      "protects against an intruder or a clerk, not against the owner",
    );
    expect(report.problems).toEqual([]);
  });

  it("twenty gateways are asked a few at a time, each once, and not all in one minute", async () => {
    for (let number = 1; number <= 20; number++) await enrol(number);
    await grow(1);
    await ask();
    expect(await standings()).toEqual(Array(20).fill("ok"));
    expect(mostUnderWay).toBeLessThanOrEqual(8);
    expect([...machines.values()].map(({ requests }) => requests)).toEqual(Array(20).fill(1));
    const due = async (): Promise<number> => {
      await house.ledger.witnesses.asker.askThoseDue();
      return [...machines.values()].reduce((sum, { requests }) => sum + requests, 0);
    };
    clock.advance(MINUTE_MS);
    expect(await due()).toBe(40);
    clock.advance(3 * MINUTE_MS);
    expect(await due()).toBe(40);
    clock.advance(2 * MINUTE_MS);
    const some = await due();
    clock.advance(2 * MINUTE_MS);
    expect([some, await due()]).toEqual([expect.any(Number), 60]);
  }, 60_000);

  it("refuse an old backup and a fork; both statements are kept, people are told, and again when all is well", async () => {
    const machine = await enrol(1);
    await grow(10);
    await ask();
    await house.run("create schema kept");
    for (const table of ["checkpoints", "cosignatures"])
      await house.run(`create table kept.${table} as table ledger_${table}`);
    const seen = machine.size;
    // As somebody who restores what the log was at size 6, with its own signed checkpoint.
    await house.run("delete from ledger_cosignatures");
    await house.run("delete from ledger_checkpoints where size > 6");
    await ask();
    expect(await standings()).toEqual(["refused"]);
    expect(machine.size).toBe(seen);

    const [found] = await listContradictions(house.db);
    expect(found).toMatchObject({ reason: "size_shrank", keptSize: seen });
    expect(found?.kept).toContain(`\n${seen}\n`);
    expect(found?.offered).toContain("\n6\n");
    expect(notices).toMatchObject([
      { tenantId: TENANT, event: "refused", name: "machine-1", reason: "size_shrank" },
    ]);
    expect(await house.ledger.witnesses.needs(TENANT)).toMatchObject([
      { kind: "refused", name: "machine-1" },
    ]);
    await ask();
    expect(notices).toHaveLength(1);
    expect(await listContradictions(house.db)).toHaveLength(1);

    // Whoever turns the witness off, or takes it away from the network, silences nothing.
    await said(machine, { kind: "witness", say: "off" });
    machine.isThere = false;
    await ask();
    expect(await standings()).toEqual(["refused"]);
    expect(await said(machine, { kind: "witness", say: "ready", key: new TestMachine(7).key })).toBe(
      "ledger.witness_exists",
    );
    machine.isThere = true;

    await house.run("insert into ledger_checkpoints select * from kept.checkpoints where size > 6");
    await ask();
    expect(await standings()).toEqual(["ok"]);
    expect(notices.map(({ event }) => event)).toEqual(["refused", "well"]);
    expect(await house.ledger.witnesses.needs(TENANT)).toEqual([]);
    await house.ledger.flush();
    expect(await changes()).toEqual(["witness_enrolled", "refused: size_shrank"]);
  });

  it("are called silent after their own time, and leave when they say so or are revoked", async () => {
    const [one, other] = [await enrol(1), await enrol(2, false, OTHER_TENANT)];
    await ask();
    one.isThere = false;
    other.isThere = false;
    clock.advance(SILENCE.installationMs + 1);
    await ask();
    expect(notices).toEqual([]);
    clock.advance(SILENCE.machineMs);
    await ask();
    expect(await standings()).toEqual(["silent", "silent"]);
    expect(notices.map(({ tenantId, name }) => `${tenantId.at(-1)} ${name}`).sort()).toEqual([
      "a machine-1",
      "a machine-2",
      "b machine-2",
    ]);
    expect(await house.ledger.witnesses.needs(OTHER_TENANT)).toMatchObject([
      { kind: "silent", name: "machine-2" },
    ]);

    await said(one, { kind: "witness", say: "off" });
    machines.delete(other.deviceId);
    await ask();
    expect(await house.ledger.witnesses.asker.list()).toEqual([]);
    await house.ledger.flush();
    expect(await changes()).toEqual([
      "witness_enrolled",
      "witness_enrolled",
      "witness_withdrew",
      "witness_gone",
    ]);
  });

  it("take the log that follows a restore once the owner acknowledged it, and not before", async () => {
    const machine = await enrol(1);
    await grow(10);
    await ask();
    await house.restore();
    await grow(3);
    await ask();
    const [witness] = await house.ledger.witnesses.asker.list();
    expect(witness).toMatchObject({ refusal: "unknown_log" });
    const [seam] = await house.ledger.seams.list();
    await house.ledger.seams.acknowledge(TENANT, PERSON, seam?.log ?? 0, "The disk died");
    await house.ledger.flush();
    await ask();
    expect(await standings()).toEqual(["ok"]);
    expect(machine.size).toBeGreaterThan(3);
  });

  it("cannot use another's key, flood the log with changes, or say what is no word", async () => {
    const [one, other] = [await enrol(1), await enrol(2)];
    const ready = (key: string) => ({ kind: "witness", say: "ready", key });
    expect(await said(other, ready(one.key))).toBe("ledger.witness_exists");
    expect(await said(one, ready(house.ledger.witnesses.ownKey.slice(0, -4)))).toBe("message.schema");
    expect(await said(one, { kind: "witness", say: "ready" })).toBe("message.schema");
    expect(await said(one, { kind: "witness", say: "refused", reason: "Because!" })).toBe("message.schema");
    expect(await said(new TestMachine(9), ready(new TestMachine(9).key))).toBe("device.revoked");
    const answers: unknown[] = [];
    for (let n = 10; n < 30; n++) answers.push(await said(one, ready(new TestMachine(n).key)));
    expect(answers.filter((answer) => answer === "message.rate_limited").length).toBeGreaterThan(5);
    expect(await house.ledger.witnesses.asker.list()).toHaveLength(2);
  });
});
