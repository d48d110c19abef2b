import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/database/testing/index.ts";
import { type LabTables, labMigrations } from "./index.ts";
import { LabProgram } from "./lab-program.ts";
import { parseEvent, RunRecord } from "./model.ts";
import { LabService } from "./service.ts";
import { LabStore } from "./store.ts";

const TENANT = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";
const ACTOR = { tenantId: TENANT, name: "Ada" };
const tenants = {
  feature: "tenants",
  migrations: [{ id: "001", up: "create table tenants (id uuid primary key)" }],
};

let database: TestDatabase<LabTables>;
beforeAll(async () => {
  database = await createTestDatabase<LabTables>([tenants, labMigrations]);
  await database.pool.query("insert into tenants values ($1), ($2)", [TENANT, OTHER]);
}, 60_000);
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => void (await database.pool.query("delete from lab_runs")));

/** A program that says what the test tells it to say, and ends when it is told. */
function scripted() {
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
  let say: (line: string) => void = () => {};
  let stops = 0;
  const text = { title: "T", what: "W", steps: ["one"], control: "C", measured: "M" };
  const attacks = ["a", "b"].map((name) => ({ name, control: "rateLimit", texts: { en: text, fr: text } }));
  return {
    program: {
      attacks: async () => attacks,
      run(_: readonly string[], onLine: (line: string) => void) {
        say = onLine;
        return { ended, stop: () => void stops++ };
      },
    },
    say: (event: object) => say(JSON.stringify({ atMs: 1, ...event })),
    end,
    stops: () => stops,
  };
}

function serviceWith(program: ReturnType<typeof scripted>["program"]): LabService {
  const store = new LabStore(database.db);
  return new LabService({
    store,
    program,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    audit: recordingTrail(),
  });
}

async function ended(service: LabService, id: string) {
  for (;;) {
    const found = await service.get(TENANT, id);
    if (found.run.state !== "running") return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const verdictOf = (attack: string, control: boolean) => ({
  kind: "ended",
  attack,
  control,
  succeeded: !control,
  tookMs: 3,
  evidence: { stored: 1 },
});

test("a run is followed while it goes on, and kept with what both sides said", async () => {
  const { program, say, end } = scripted();
  const service = serviceWith(program);
  const { id } = await service.run(ACTOR, ["b"]);
  say({ kind: "started", attack: "b", control: true });
  say({ kind: "step", index: 1 });
  say({ kind: "line", side: "attacker", text: "CONNECT" });
  expect(await service.get(TENANT, id)).toMatchObject({
    run: { state: "running", entries: [{ attack: "b" }] },
    position: { attack: "b", control: true, step: 1 },
    lines: [{ seq: 1, side: "attacker", text: "CONNECT", attack: "b", control: true }],
  });
  say(verdictOf("b", true));
  say(verdictOf("b", false));
  end(undefined);
  const kept = await ended(service, id);
  expect(kept.run).toMatchObject({ state: "passed", byName: "Ada" });
  expect(kept.run.entries[0]?.withoutControl).toMatchObject({ succeeded: true, evidence: { stored: 1 } });
  expect(kept.lines).toHaveLength(1);
  expect(await serviceWith(program).list(TENANT)).toHaveLength(1);
});

test("one run at a time, and of attacks that there are", async () => {
  const { program, end } = scripted();
  const service = serviceWith(program);
  await expect(service.run(ACTOR, ["magic"])).rejects.toMatchObject({ code: "lab.attack_not_found" });
  const { id } = await service.run(ACTOR, undefined);
  await expect(service.run({ ...ACTOR, tenantId: OTHER }, undefined)).rejects.toMatchObject({
    code: "lab.running",
  });
  end(undefined);
  // Nothing was said: the run did not do what it was for.
  expect((await ended(service, id)).run.state).toBe("broken");
});

test("another tenant sees no run and ends none", async () => {
  const { program, end, stops } = scripted();
  const service = serviceWith(program);
  const { id } = await service.run(ACTOR, undefined);
  expect(await service.list(OTHER)).toEqual([]);
  await expect(service.get(OTHER, id)).rejects.toMatchObject({ code: "lab.run_not_found" });
  await expect(service.cancel(OTHER, id)).rejects.toMatchObject({ code: "lab.run_not_found" });
  expect(stops()).toBe(0);
  await service.cancel(TENANT, id);
  expect(stops()).toBe(1);
  end("stopped");
  expect((await ended(service, id)).run.state).toBe("cancelled");
});

test("a program that ends by itself leaves its last words, and a server that ended leaves a broken run", async () => {
  const { program, end } = scripted();
  const service = serviceWith(program);
  const { id } = await service.run(ACTOR, undefined);
  const next = serviceWith(program);
  await next.start();
  expect((await next.get(TENANT, id)).run.state).toBe("broken");
  end("out of memory");
  const kept = await ended(service, id);
  expect(kept.lines.at(-1)).toMatchObject({ side: "lab", text: "out of memory" });
});

test("lines that are no events of the lab change nothing", () => {
  const record = new RunRecord({ id: TENANT, byName: "", startedMs: 0, state: "running", entries: [] });
  for (const text of ["", "{", "[]", '{"kind":"line","side":"moon","text":"x","atMs":1}'])
    expect(parseEvent(text)).toBeUndefined();
  record.say("lab", "before anything", 1);
  for (let i = 0; i < 3_000; i++) record.say("lab", "again", 1);
  expect(record.lines).toHaveLength(2_000);
});

test("the newest fifty runs of a tenant are kept", async () => {
  const store = new LabStore(database.db);
  for (let i = 0; i < 53; i++)
    await store.insert(
      TENANT,
      {
        id: `00000000-0000-4000-8000-0000000001${String(i).padStart(2, "0")}`,
        byName: "Ada",
        startedMs: 1_000 + i,
        state: "running",
        entries: [],
      },
      async () => undefined,
    );
  const runs = await store.list(TENANT);
  expect([runs.length, runs[0]?.startedMs, runs.at(-1)?.startedMs]).toEqual([50, 1_052, 1_003]);
});

test("the real program has the attacks of the lab, in both languages", async () => {
  const attacks = await new LabProgram(systemClock).attacks();
  expect(attacks.map(({ name }) => name)).toContain("clone");
  expect(attacks.length).toBeGreaterThanOrEqual(14);
  expect(attacks.every(({ texts }) => texts.en.title !== "" && texts.fr.title !== "")).toBe(true);
}, 60_000);
