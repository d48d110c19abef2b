import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { systemClock } from "@gatehouse/base";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ALL_ON } from "../apps/server/src/platform/controls.ts";
import type { Attack } from "./attack.ts";
import { ATTACKS } from "./attacks/index.ts";
import { type LabEvent, type Result, runAttacks } from "./run.ts";

// Every attack against a whole server of its own, with short counts: once with every control, once without its own. Two
// sites at the same time, for most of an attack is waiting for what must not happen.

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let folder: string;
let before: string | undefined;
let results: readonly Result[];
const events: LabEvent[][] = [];

/** Those with loads of their own on one site, so that they do not meet on two. */
const LOUD = new Set(["flood", "malformed", "camera-flood"]);

async function runSome(attacks: readonly Attack[]): Promise<Result[]> {
  const said: LabEvent[] = [];
  events.push(said);
  return runAttacks(attacks, {
    isQuick: true,
    say: (event) => void said.push(event),
    nowMs: () => systemClock.nowMs(),
    stopped: new AbortController().signal,
  });
}

beforeAll(async () => {
  before = process.env.TMPDIR;
  folder = mkdtempSync(join(tmpdir(), "lab-test-"));
  process.env.TMPDIR = folder;
  const quiet = ATTACKS.filter(({ name }) => !LOUD.has(name));
  const half = Math.ceil(quiet.length / 2) + 1;
  const loud = ATTACKS.filter(({ name }) => LOUD.has(name));
  const halves = await Promise.all([runSome(quiet.slice(0, half)), runSome([...quiet.slice(half), ...loud])]);
  results = halves.flat();
}, 600_000);
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true });
});

const resultOf = (name: string): Result => results.find(({ attack }) => attack === name) as Result;

test.each(ATTACKS.map(({ name, control }) => [name, control]))(
  "%s is stopped by %s, and succeeds without it",
  (name) => {
    const { withControl, withoutControl, passed } = resultOf(name);
    expect(withControl).toMatchObject({ succeeded: false });
    expect(withoutControl).toMatchObject({ succeeded: true });
    expect(passed).toBe(true);
  },
);

test("every control has an attack that needs it off", () => {
  expect([...new Set(ATTACKS.map(({ control }) => control))].sort()).toEqual(Object.keys(ALL_ON).sort());
});

test("every attack is described in both languages, and takes the steps it describes", () => {
  for (const { name, texts } of ATTACKS) {
    const { en, fr } = texts;
    expect(fr.steps).toHaveLength(en.steps.length);
    for (const text of [en, fr])
      for (const part of [text.title, text.what, text.control, text.measured, ...text.steps])
        expect([name, part.trim().length > 3]).toEqual([name, true]);
    const isStart = (event: LabEvent): boolean => event.kind === "started" && event.attack === name;
    const said = events.find((one) => one.some(isStart)) ?? [];
    const from = said.findIndex(isStart);
    const to = said.findIndex((event, i) => i > from && event.kind === "ended");
    const steps = said.slice(from, to).flatMap((event) => (event.kind === "step" ? [event.index] : []));
    expect([name, steps.every((index) => index < en.steps.length)]).toEqual([name, true]);
    expect([name, steps[0]]).toEqual([name, 0]);
  }
});

test("both sides say what they do", () => {
  const sides = new Set(events.flat().flatMap((event) => (event.kind === "line" ? [event.side] : [])));
  expect([...sides].sort()).toEqual(["attacker", "site"]);
});

test("nothing of it is left", () => {
  expect(readdirSync(folder)).toEqual([]);
});

/** Starts a run as the console does, with a folder of its own, and waits until its site is there. */
async function startRun(
  own: string,
): Promise<{ signal(name: NodeJS.Signals): void; ended: Promise<unknown> }> {
  const child = spawn(process.execPath, ["--no-warnings", MAIN, "--quick", "--events"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TMPDIR: own },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("started")) break;
  child.stdout.resume();
  return { signal: (name) => void child.kill(name), ended };
}

async function untilEmpty(own: string): Promise<string[]> {
  for (let i = 0; i < 1_200 && readdirSync(own).length > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return readdirSync(own);
}

test.concurrent.each(["SIGTERM", "SIGKILL"] as const)(
  "a run that is ended by %s takes its site with it",
  async (signal) => {
    const own = mkdtempSync(join(tmpdir(), `lab-${signal}-`));
    const run = await startRun(own);
    expect(readdirSync(own)).not.toEqual([]);
    run.signal(signal);
    await run.ended;
    expect(await untilEmpty(own)).toEqual([]);
    rmdirSync(own);
  },
  180_000,
);

test("an attack that does not exist is refused with the names of those that do", async () => {
  const child = spawn(process.execPath, ["--no-warnings", MAIN, "--attack", "magic"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(64);
  expect(said).toContain('There is no attack "magic"');
  expect(said).toContain("eavesdrop");
});
