import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { CLAIM_CODE, FakeServer, until } from "@gatehouse/device-client/testing";
import {
  encodeNote,
  findCosignature,
  parseAddCheckpoint,
  parseSignatureLines,
  parseVerifierKey,
  signSeam,
} from "@gatehouse/ledger";
import { type LogLine, recordingLogger } from "@gatehouse/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TimeKeeper } from "../run/time-keeper.ts";
import { openStateFolder } from "../state/state-folder.ts";
import { runCommand, startProcess, writeConfig } from "../testing/agent-process.ts";
import { TestSite } from "../testing/running-agent.ts";
import { rootSigner, SignedLog } from "../testing/signed-log.ts";
import { LogWitness } from "./log-witness.ts";
import type { WitnessRequest, WitnessWord } from "./messages.ts";
import { WitnessLine } from "./witness-line.ts";

const ROOT = rootSigner(new Uint8Array(32).fill(5));
const stranger = rootSigner(new Uint8Array(32).fill(6));

/** The signature line in the answer is this witness's, under the checkpoint that was asked about. */
const isCosigned = (word: WitnessWord, { request }: WitnessRequest, key: string): boolean => {
  if (word.say !== "cosigned") return false;
  const { text } = parseAddCheckpoint(request).note;
  const note = { text, signatures: parseSignatureLines(word.line) };
  return findCosignature(note, parseVerifierKey(key)).state === "valid";
};

describe("a machine as witness", () => {
  let folder: string;
  let lines: LogLine[];
  let witness: LogWitness;
  const open = async () => {
    const state = await openStateFolder(folder, systemRandom);
    const root = ROOT.key.publicKey;
    const log = recordingLogger(lines);
    witness = await LogWitness.open({ state, root, clock: systemClock, random: systemRandom, log });
    return witness;
  };
  const keyOf = () => (witness.ready as { key: string }).key;
  const evidence = () =>
    JSON.parse(readFileSync(join(folder, "witness-evidence.json"), "utf8")) as Record<string, unknown>[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "witness "));
    lines = [];
    await open();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("cosigns what continues the log, and goes on after a restart from what is on its disk", async () => {
    const log = new SignedLog(ROOT).growTo(5);
    const key = keyOf();
    for (const [old, size] of [
      [0, 5],
      [5, 5],
      [5, 40],
    ] as const) {
      const request = log.growTo(size).request(old);
      expect(isCosigned(await witness.consider(request), request, key)).toBe(true);
    }
    await open();
    expect(keyOf()).toBe(key);
    expect(witness.ready).toMatchObject({ kept: { log: log.key, size: 40 } });
    expect(await witness.consider(log.growTo(50).request(5))).toMatchObject({
      reason: "stale_old_size",
      kept: { size: 40 },
    });
    const request = log.request(40);
    expect(isCosigned(await witness.consider(request), request, key)).toBe(true);
    expect(lines).toEqual([]);
  });

  it("refuses a log that was cut off, a fork of the same size, and one that grew again differently", async () => {
    const log = new SignedLog(ROOT).growTo(20);
    await witness.consider(log.request(0));
    const cut = log.fork(15, 15);
    const fork = log.fork(15, 20);
    const regrown = log.fork(15, 30);
    expect(await witness.consider(cut.request(15))).toMatchObject({
      reason: "size_shrank",
      kept: { size: 20 },
    });
    expect(await witness.consider(fork.request(20))).toMatchObject({ reason: "root_differs" });
    expect(await witness.consider(regrown.request(20))).toMatchObject({ reason: "proof_wrong" });
    await witness.consider(cut.request(15));

    expect(evidence().map(({ reason }) => reason)).toEqual(["size_shrank", "root_differs", "proof_wrong"]);
    const [first] = evidence();
    expect(first).toMatchObject({ keptSize: 20, keptLog: log.key, offered: cut.request(15).request });
    expect(first?.keptCheckpoint).toBe(encodeNote(parseAddCheckpoint(log.request(0).request).note));
    expect(witness.status).toMatchObject({
      witness: "refuses: size_shrank",
      witnessSize: 20,
      witnessRefused: 3,
    });
    expect(lines.filter(({ event }) => event === "witness.refused")).not.toHaveLength(0);

    const request = log.growTo(21).request(20);
    expect(isCosigned(await witness.consider(request), request, keyOf())).toBe(true);
    expect(witness.status).toMatchObject({ witness: "cosigns", witnessRefused: 3 });
  });

  it("believes no log but the one that the trust root of its enrolment certified", async () => {
    expect(await witness.consider(new SignedLog(stranger).growTo(3).request(0))).toMatchObject({
      reason: "not_certified",
    });
    const mine = new SignedLog(ROOT).growTo(3).request(0);
    const theirs = new SignedLog(stranger).growTo(3).request(0);
    expect(await witness.consider({ ...mine, certificate: theirs.certificate })).toMatchObject({
      reason: "not_certified",
    });
    expect(await witness.consider({ ...mine, request: "old 0" })).toMatchObject({ reason: "malformed" });
    expect(witness.ready).not.toHaveProperty("kept");
  });

  it("takes the log that follows a restore only with a seam that names what it cosigned last", async () => {
    const log = new SignedLog(ROOT).growTo(20);
    await witness.consider(log.request(0));
    const next = new SignedLog(ROOT, "gatehouse.example/ledger/2").growTo(4);
    const { kept } = witness.ready as { kept: { root: string } };
    const terms = { oldLog: log.key, oldSize: 20, oldRoot: kept.root, newLog: next.key, reason: "Disk died" };
    const seam = (change: object = {}, by = ROOT) => encodeNote(signSeam({ ...terms, ...change }, by));

    for (const wrong of [
      undefined,
      seam({ oldSize: 19 }),
      seam({ newLog: log.key }),
      seam({}, stranger),
      seam({ oldRoot: Buffer.alloc(32).toString("base64") }),
    ])
      expect(await witness.consider(next.request(0, wrong))).toMatchObject({ reason: "unknown_log" });
    expect(witness.ready).toMatchObject({ kept: { log: log.key, size: 20 } });

    const request = next.request(0, seam());
    expect(isCosigned(await witness.consider(request), request, keyOf())).toBe(true);
    await open();
    expect(witness.status).toMatchObject({ witnessLog: next.key, witnessSize: 4, witnessSeams: 1 });
    expect(await witness.consider(log.growTo(21).request(20))).toMatchObject({ reason: "unknown_log" });
  });

  it("cosigns nothing when what it kept cannot be read", async () => {
    await witness.consider(new SignedLog(ROOT).growTo(3).request(0));
    writeFileSync(join(folder, "witness.json"), "{}");
    await expect(open()).rejects.toThrow("damaged");
  });

  it("keeps the first refusals however many follow", async () => {
    const log = new SignedLog(ROOT).growTo(100);
    await witness.consider(log.request(0));
    for (let size = 1; size < 60; size++) await witness.consider(log.fork(size, size).request(size));
    expect(evidence()).toHaveLength(32);
    const sizes = evidence().map(({ offered }) => parseAddCheckpoint(String(offered)).checkpoint.size);
    expect([sizes[0], sizes[15], sizes[16], sizes[31]]).toEqual([1, 16, 44, 59]);
  });
});

const words = (server: FakeServer): WitnessWord[] =>
  server.taken.map(({ value }) => value as WitnessWord).filter((value) => value?.kind === "witness");

describe("an agent's witness on its channel", () => {
  it("asks to be asked, answers, and says when it is off", async () => {
    const site = await TestSite.open();
    const log = new SignedLog(rootSigner(site.server.root.privateKey.reveal())).growTo(7);
    await site.start({ intervalSeconds: 3600 });
    await until("it is ready", () => words(site.server).some(({ say }) => say === "ready"));
    site.server.push(10, log.request(0));
    await until("it cosigned", () => words(site.server).some(({ say }) => say === "cosigned"));
    expect(site.agent.status).toMatchObject({ witness: "cosigns", witnessSize: 7 });
    await site.stop();

    await site.start({ intervalSeconds: 3600, witness: false });
    await until("it is off", () => words(site.server).at(-1)?.say === "off");
    const count = words(site.server).length;
    site.server.push(10, log.request(7));
    site.server.push(10, { kind: "settings" });
    await until("the next message was taken", () => site.logged("settings.refused").length > 0);
    expect(words(site.server)).toHaveLength(count);
    expect(site.agent.status).toMatchObject({ witness: "off" });
    await site.end();
  }, 60_000);
});

it("takes the next request while its last answer is on its way", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agent witness "));
  const said: WitnessWord[] = [];
  const line = await WitnessLine.open(
    {
      // As it is while the server has not acknowledged what was said.
      channel: {
        isConnected: true,
        send({ payload }) {
          said.push(JSON.parse(Buffer.from(payload).toString()));
          return new Promise(() => undefined);
        },
      },
      time: new TimeKeeper(systemClock, { bootId: "boot", uptimeMs: () => 0 }),
      log: silentLogger,
      isTwoWay: true,
    },
    {
      state: await openStateFolder(folder, systemRandom),
      root: ROOT.key.publicKey,
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
    },
  );
  line.setOn(true);
  const log = new SignedLog(ROOT).growTo(3);
  const ask = (oldSize: number) => line.take(Buffer.from(JSON.stringify(log.request(oldSize))));
  expect(ask(0)).toBe(true);
  await until("it cosigned", () => said.at(-1)?.say === "cosigned");
  log.growTo(5);
  expect(ask(3)).toBe(true);
  await until("it cosigned again", () => said.filter(({ say }) => say === "cosigned").length === 2);
  rmSync(folder, { recursive: true, force: true });
});

it("stands by a cosignature that it kept just before it was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agent witness "));
  const stateDir = join(folder, "state");
  const server = await new FakeServer().start();
  writeConfig(stateDir, { intervalSeconds: 3600 });
  await runCommand(["enrol", server.url, CLAIM_CODE, "--state-dir", stateDir, "--json"]);
  const log = new SignedLog(rootSigner(server.root.privateKey.reveal())).growTo(3);
  const keptSize = (): number => {
    try {
      return JSON.parse(readFileSync(join(stateDir, "witness.json"), "utf8")).state.size;
    } catch {
      return 0;
    }
  };
  for (let kill = 0; kill < 3; kill++) {
    const before = keptSize();
    const readies = () => words(server).filter(({ say }) => say === "ready").length;
    const known = readies();
    const agent = startProcess(stateDir);
    await until("it is ready", () => readies() > known);
    // From now on nothing that it says is taken.
    server.acknowledges = false;
    server.push(10, log.growTo(before + 5).request(before));
    await until("it is on its disk", () => keptSize() > before);
    await agent.kill("SIGKILL");
    server.acknowledges = true;
    expect(words(server).filter(({ say }) => say === "cosigned")).toEqual([]);
  }
  const size = keptSize();
  const agent = startProcess(stateDir);
  await until("it says what it kept", () => {
    const word = words(server).at(-1);
    return word?.say === "ready" && word.kept?.size === size;
  });
  server.push(10, log.fork(size - 1, size).request(size));
  await until("it refuses another past", () => words(server).at(-1)?.say === "refused");
  expect(words(server).at(-1)).toMatchObject({ reason: "root_differs", kept: { size } });
  server.push(10, log.request(size));
  await until("it cosigns", () => words(server).at(-1)?.say === "cosigned");
  await agent.kill("SIGKILL");
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 180_000);
