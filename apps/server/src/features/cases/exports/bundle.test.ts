import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflateSync } from "node:zlib";
import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import type { cases } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import { type RecordingHouse, recordingHouse, START_MS } from "../../recordings/testing/house.ts";
import { filmPictures } from "../../recordings/testing/pictures.ts";
import { type CaseHouse, caseHouse } from "../testing/case-house.ts";

const run = promisify(execFile);
const LONG_MS = 120_000;
const clock = virtualClock(START_MS);
const siteId = newUuid(clock, systemRandom);
const hasFfmpeg = await findFfmpeg().then(
  () => true,
  () => false,
);
const hasAge = await run("age", ["--version"]).then(
  () => true,
  () => false,
);

/** A log's export with nothing in it that a verifier would believe: what proves is tried elsewhere. */
const asked: unknown[] = [];
const evidence = {
  sealedIn: async (...about: unknown[]) => {
    asked.push(about);
    return {
      files: [{ name: "checkpoint", bytes: Buffer.from("example/log\n7\nROOTROOT=\n\n— sig\n") }],
      ...{ origin: "example/log", size: 7, fingerprint: "AAAA BBBB", words: ["one", "two"] },
      verifiers: [{ name: "verify.mjs", bytes: Buffer.from("// program"), sha256: "ab" }],
    };
  },
};

let recorded: RecordingHouse;
let house: CaseHouse;
let tenantId: Uuid;
let cameraId: Uuid;
let pictures: Uint8Array[];

beforeAll(async () => {
  recorded = await recordingHouse(clock, { evidence });
  tenantId = await recorded.addTenant();
  cameraId = recorded.addCamera(tenantId);
  house = await caseHouse(clock, { bundles: recorded.recordings.bundles });
  await house.addTenant(tenantId);
  house.addCamera(tenantId, siteId, cameraId);
  house.asker.tenantId = tenantId;
  await recorded.recordings.start?.();
  await house.cases.start?.();
  pictures = await filmPictures(recorded, { tenantId, cameraId }, { fromMs: START_MS, seconds: 20, fps: 2 });
}, LONG_MS);
afterAll(async () => {
  await house.cases.stop?.();
  await recorded.recordings.stop?.();
  await house[Symbol.asyncDispose]();
  await recorded[Symbol.asyncDispose]();
});

const span = { kind: "span", fromMs: START_MS + 2_000, toMs: START_MS + 12_000 } as const;
async function makeCase(title: string, clips = [{ ...span, cameraId }]): Promise<string> {
  const made = await house.ask<cases.Case>("POST", "", { title, items: clips });
  expect(made.status).toBe(200);
  return made.body.id;
}
async function bundleOf(caseId: string, wish: object) {
  const made = await house.ask<cases.CaseExport>("POST", `/${caseId}/exports`, { language: "fr", ...wish });
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  const done = await vi.waitFor(
    async () => {
      const { body } = await house.ask<{ items: cases.CaseExport[] }>("GET", `/${caseId}/exports`);
      const found = body.items.find(({ id }) => id === made.body.id);
      if (found?.state !== "done" && found?.state !== "failed") throw new Error(`it is ${found?.state}`);
      return found;
    },
    { timeout: 60_000, interval: 50 },
  );
  expect(done.error).toBeUndefined();
  return { done, fetch: (range?: string) => house.get(`/${caseId}/exports/${done.id}/content`, range) };
}
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The texts of a PDF whose fonts are those every reader has. */
function textOf(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf).toString("latin1");
  const streams = [...bytes.matchAll(/stream\r?\n/g)].flatMap(({ index, 0: begin }) => {
    const from = index + begin.length;
    const to = bytes.indexOf("endstream", from);
    try {
      return inflateSync(Buffer.from(bytes.slice(from, to), "latin1")).toString("latin1");
    } catch {
      return [];
    }
  });
  const shown = streams.join("\n").matchAll(/<([0-9a-f]+)>/g);
  return [...shown].map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1")).join("");
}

test(
  "a bundle holds clips with what proves them, a film, a report, and a list with the hash of every file",
  async () => {
    const caseId = await makeCase("Été à l’entrée");
    await house.ask("POST", `/${caseId}/items`, { kind: "note", text: "Vu deux fois — même personne." });
    await house.ask("POST", `/${caseId}/items`, { kind: "outsider", name: "Žofie Nováková" });
    const { done, fetch } = await bundleOf(caseId, { form: "zip" });
    expect(done).toMatchObject({
      state: "done",
      form: "zip",
      clips: 1,
      damaged: 0,
      mayOpen: true,
      progress: 1,
    });
    const answer = await fetch();
    expect(answer.headers["content-disposition"]).toMatch(/filename="CASE-\d{4}-2026-11-\d\d\.zip"/);
    const files = unzipSync(answer.rawPayload);
    const names = Object.keys(files);
    for (const name of [
      "checkpoint",
      "verify.mjs",
      "README.txt",
      "report.pdf",
      "case.json",
      "clips/01/clip.json",
    ])
      expect(names).toContain(name);
    const list = JSON.parse(strFromU8(files["case.json"] as Uint8Array));
    expect(list).toMatchObject({
      v: 1,
      case: { title: "Été à l’entrée", state: "open" },
      log: { origin: "example/log", size: 7 },
      people: ["Žofie Nováková"],
      notes: [{ text: "Vu deux fois — même personne.", by: "Nadia Owner" }],
      withheld: 0,
      clips: [{ folder: "clips/01", camera: cameraId, fromMs: span.fromMs, toMs: span.toMs }],
    });
    // Everything but the list itself.
    expect(Object.keys(list.files).sort()).toEqual(names.filter((name) => name !== "case.json").sort());
    for (const [name, hash] of Object.entries(list.files))
      expect([name, sha256(files[name] as Uint8Array)]).toEqual([name, hash]);
    const frames = names.filter((name) => name.startsWith("clips/01/frames/"));
    expect(frames).toHaveLength(done.frames);
    expect(pictures.some((sent) => sha256(sent) === sha256(files[frames[3] as string] as Uint8Array))).toBe(
      true,
    );
    expect(names.filter((name) => name.startsWith("clips/01/manifests/"))).toHaveLength(1);
    if (hasFfmpeg) expect(list.clips[0].film).toBe("clips/01/film.mp4");
    else expect(list.clips[0].noFilm).toBe("ffmpeg.missing");
    expect(names.includes("clips/01/film.mp4")).toBe(hasFfmpeg);
    const part = await fetch("bytes=0-3");
    expect([part.statusCode, part.rawPayload.toString("latin1")]).toEqual([206, "PK\u0003\u0004"]);
  },
  LONG_MS,
);

test(
  "the report says in French what is there, in letters that every reader has",
  async () => {
    const caseId = await makeCase("Été à l’entrée");
    const { fetch } = await bundleOf(caseId, { form: "zip" });
    const pdf = unzipSync((await fetch()).rawPayload)["report.pdf"] as Uint8Array;
    expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
    const text = textOf(pdf);
    for (const said of [
      "Rapport de preuves",
      "Été à l",
      "Séquence 1 sur 1",
      "ROOTROOT=",
      "AAAA BBBB",
      "Nadia Owner",
    ])
      expect(text).toContain(said);
    expect(text).toContain("gate-west");
  },
  LONG_MS,
);

test(
  "the entries asked for are those of manifests, of the case and of verdicts",
  async () => {
    const caseId = await makeCase("Proof");
    asked.length = 0;
    await bundleOf(caseId, { form: "zip" });
    expect(asked).toMatchObject([
      [
        tenantId,
        [expect.any(String)],
        [
          { kinds: ["case.created", "case.changed", "case.exported", "case.lent"], subjectIds: [caseId] },
          { kinds: ["clip.verdict"] },
        ],
      ],
    ]);
  },
  LONG_MS,
);

test.runIf(hasAge)(
  "age itself opens what is encrypted to a recipient, and nothing of it is readable before",
  async () => {
    const caseId = await makeCase("For the insurance");
    const key = join(recorded.folder, "key.txt");
    const { stderr } = await run("age-keygen", ["-o", key]);
    const [recipient = ""] = /age1[a-z0-9]+/.exec(stderr) ?? [];
    const { fetch } = await bundleOf(caseId, { form: "age", recipient });
    const answer = await fetch();
    expect(answer.headers["content-disposition"]).toMatch(/\.zip\.age"/);
    expect(answer.rawPayload.toString("latin1").startsWith("age-encryption.org/v1\n-> X25519")).toBe(true);
    const sealed = join(recorded.folder, "bundle.age");
    await writeFile(sealed, answer.rawPayload);
    const opened = await run("age", ["-d", "-i", key, sealed], { encoding: "buffer", maxBuffer: 1e9 });
    expect(Object.keys(unzipSync(opened.stdout))).toContain("case.json");
  },
  LONG_MS,
);

test.runIf(hasAge)(
  "age opens what is under a password, which stands nowhere when the work is done",
  async () => {
    const caseId = await makeCase("For the police");
    const password = "seven old lanterns";
    const { done, fetch } = await bundleOf(caseId, { form: "password", password });
    const { rows } = await house.database.pool.query("select * from case_exports where id = $1", [done.id]);
    expect(rows[0].secret).toBeNull();
    expect(JSON.stringify(house.trail.events)).not.toContain(password);
    const sealed = join(recorded.folder, "password.age");
    await writeFile(sealed, (await fetch()).rawPayload);
    const opened = await ageWithPassword(sealed, password);
    expect(Object.keys(unzipSync(opened))).toContain("case.json");
  },
  LONG_MS,
);

/** `age` reads passwords from a terminal alone: `script` is one. */
async function ageWithPassword(sealed: string, password: string): Promise<Uint8Array> {
  const opened = `${sealed}.zip`;
  const terminal = spawn("script", ["-qec", `age -d -o ${opened} ${sealed}`, "/dev/null"]);
  terminal.stdout.on("data", (part: Buffer) => {
    if (part.toString().includes("passphrase")) terminal.stdin.write(`${password}\n`);
  });
  let said = "";
  terminal.stdout.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const code = await new Promise((resolve) => void terminal.on("close", resolve));
  expect([code, said]).toEqual([0, expect.any(String)]);
  return readFile(opened);
}

test("what is no recipient of age is refused before anything is made", async () => {
  const caseId = await makeCase("Nobody");
  const wish = { form: "age", language: "en", recipient: "age1qqqqqqqqqqqqqqqqqqqq" };
  const refused = await house.ask("POST", `/${caseId}/exports`, wish);
  expect(refused.body.code).toBe("case.recipient_invalid");
});

test(
  "whoever may not see a camera neither takes its clip out nor fetches a bundle that holds it",
  async () => {
    const caseId = await makeCase("Two sites");
    const { done } = await bundleOf(caseId, { form: "zip" });
    house.asker.reach = { sites: new Set([newUuid(clock, systemRandom)]), devices: new Set() };
    const refused = await house.ask("POST", `/${caseId}/exports`, { form: "zip", language: "en" });
    expect(refused.body.code).toBe("case.nothing_to_export");
    const { body } = await house.ask<{ items: cases.CaseExport[] }>("GET", `/${caseId}/exports`);
    expect(body.items).toMatchObject([{ mayOpen: false }]);
    expect((await house.get(`/${caseId}/exports/${done.id}/content`)).statusCode).toBe(404);
    expect((await house.ask("DELETE", `/${caseId}/exports/${done.id}`)).status).toBe(404);
    expect((await house.ask("POST", `/${caseId}/exports/${done.id}/cancel`, {})).status).toBe(404);
    house.asker.reach = "all";
    expect((await house.get(`/${caseId}/exports/${done.id}/content`)).statusCode).toBe(200);
  },
  LONG_MS,
);

test(
  "a bundle names no device that its asker may not see",
  async () => {
    const caseId = await makeCase("Two devices");
    const hidden = house.addCamera(tenantId, newUuid(clock, systemRandom));
    for (const deviceId of [cameraId, hidden])
      await house.ask("POST", `/${caseId}/items`, { kind: "device", deviceId });
    house.asker.reach = { sites: new Set([siteId]), devices: new Set() };
    const { fetch } = await bundleOf(caseId, { form: "zip" });
    const files = unzipSync(new Uint8Array((await fetch()).rawPayload));
    house.asker.reach = "all";
    const { devices } = JSON.parse(strFromU8(files["case.json"] as Uint8Array));
    expect(devices).toEqual([{ id: cameraId, name: "gate-west" }]);
  },
  LONG_MS,
);

test(
  "a bundle of what is erased is none any more, and the next one names the hole",
  async () => {
    const other = recorded.addCamera(tenantId);
    house.addCamera(tenantId, siteId, other);
    const caseId = await makeCase("Erased", [{ ...span, cameraId: other }]);
    const { done, fetch } = await bundleOf(caseId, { form: "zip" });
    const camera = { tenantId, cameraId: other };
    const finish = await house.database.db
      .transaction()
      .execute((tx) =>
        house.cases.markErased(tx as never, camera, { fromMs: START_MS, toMs: START_MS + 60_000 }),
      );
    await finish();
    expect((await fetch()).json().code).toBe("segment.erased");
    const name = { tenantId, cameraId: caseId, fileId: done.id };
    expect(await recorded.recordings.bundles.open(name)).toBeUndefined();
    const next = await bundleOf(caseId, { form: "zip" });
    const list = JSON.parse(strFromU8(unzipSync((await next.fetch()).rawPayload)["case.json"] as Uint8Array));
    expect(list.clips).toMatchObject([{ erasedMs: expect.any(Number), noFilm: "export.empty", segments: 0 }]);
  },
  LONG_MS,
);

test(
  "what a crash cut off is made anew from nothing, and one that is given up is not made",
  async () => {
    const caseId = await makeCase("Crash");
    await house.cases.stop?.();
    const ask = () =>
      house.ask<cases.CaseExport>("POST", `/${caseId}/exports`, { form: "zip", language: "en" });
    const [cut, given] = [(await ask()).body.id, (await ask()).body.id];
    // As it stands when the program ended in the middle of the work.
    await house.database.pool.query("update case_exports set state = 'running' where id = $1", [cut]);
    const name = { tenantId, cameraId: caseId, fileId: cut };
    const half = (async function* () {
      yield Buffer.from("half");
    })();
    await recorded.recordings.bundles.seal(name, half, new AbortController().signal);
    await house.ask("POST", `/${caseId}/exports/${given}/cancel`, {});
    await house.cases.start?.();
    await vi.waitFor(
      async () => {
        const { body } = await house.ask<{ items: cases.CaseExport[] }>("GET", `/${caseId}/exports`);
        const states = new Map(body.items.map(({ id, state }) => [id, state]));
        expect([states.get(cut), states.get(given)]).toEqual(["done", "cancelled"]);
      },
      { timeout: 60_000, interval: 50 },
    );
    const whole = await house.get(`/${caseId}/exports/${cut}/content`);
    expect(Object.keys(unzipSync(whole.rawPayload))).toContain("case.json");
  },
  LONG_MS,
);

test(
  "a bundle is gone when its time is over",
  async () => {
    const caseId = await makeCase("Old");
    const { done } = await bundleOf(caseId, { form: "zip" });
    clock.advance(86_400_001);
    await house.runJob();
    const { body } = await house.ask<{ items: unknown[] }>("GET", `/${caseId}/exports`);
    expect(body.items).toEqual([]);
    const name = { tenantId, cameraId: caseId, fileId: done.id };
    expect(await recorded.recordings.bundles.open(name)).toBeUndefined();
  },
  LONG_MS,
);
