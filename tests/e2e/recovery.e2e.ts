import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCheckpoint, parseNote } from "@gatehouse/ledger";
import { VERIFIER_FOLDER } from "@gatehouse/verifier";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchAgain } from "../lib/ask-again.ts";
import { type Run, gatehouse as run } from "../lib/command-line.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

const PASSWORD = "plum-harbour-tunnel-49-otter";
const PYTHON_VERIFIER = fileURLToPath(new URL("../conformance/python/verify_ledger.py", import.meta.url));
/** Ports of a start that is refused, or ended at once. */
const NO_PORTS = ["--port", "0", "--mqtt-port", "0", "--mqtts-port", "0"];

const scratch = mkdtempSync(join(tmpdir(), "gatehouse recovery "));
const fileWith = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};
const backup = join(scratch, "backup");

let server: Gatehouse;
let code: string;
let eve: string;
beforeAll(async () => {
  server = await startGatehouse();
});
afterAll(async () => {
  await server.end();
  rmSync(scratch, { recursive: true, force: true });
});

interface Draft {
  readonly id: string;
  readonly groups: string[];
  readonly asked: number[];
}

/** As the owner in a browser does, who confirms with the password. */
async function download(body: object): Promise<string> {
  const cookies = new Map<string, string>();
  const post = async (path: string, value: object): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const reply = await fetchAgain(`${server.url}/api/v1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie },
      body: JSON.stringify(value),
    });
    expect([path, reply.status]).toEqual([path, 200]);
    for (const set of reply.headers.getSetCookie()) {
      const [name = "", text = ""] = set.split(";", 1)[0]?.split(/=(.*)/s) ?? [];
      cookies.set(name, text);
    }
    return reply;
  };
  await post("/auth/login", { email: "owner@example.org", password: PASSWORD });
  await post("/auth/step-up", { factor: "password", password: PASSWORD });
  const reply = await post("/ledger/export", { reveal: false, ...body });
  const path = join(scratch, `export-${readdirSync(scratch).length}.zip`);
  writeFileSync(path, Buffer.from(await reply.arrayBuffer()));
  return path;
}

test("a kit is made, and a backup holds the master key for its code alone", async () => {
  const draft = await server.call<Draft>("POST", "/api/v1/recovery-kit", {});
  const groups = draft.asked.map((number) => draft.groups[number - 1]);
  await server.call("POST", `/api/v1/recovery-kit/${draft.id}/confirm`, { groups });
  code = fileWith("code", draft.groups.join("-"));
  await server.call("POST", "/api/v1/people/import", {
    people: [{ name: "Eve", email: "eve@example.org", passwordHash: `$2b$12$${"a".repeat(53)}` }],
  });
  const { items } = await server.call<{ items: { id: string; name: string }[] }>(
    "GET",
    "/api/v1/people?q=eve",
  );
  eve = items[0]?.id ?? "";
  const made = await run(server.dataDir, ["backup", backup, "--json"]);
  expect(made.json()).toMatchObject({ verified: true, key: "kit" });
  expect(readdirSync(join(backup, "secrets"))).toContain("recovery-kit.json");
  expect(readdirSync(join(backup, "secrets"))).not.toContain("master.key");
}, 120_000);

test("after a restore the log begins anew, names the old head, and all three verifiers show the seam", async () => {
  await server.call("POST", `/api/v1/people/${eve}/erase`, {});
  await server.call("POST", "/api/v1/sites", { name: "Lost with the disk", timeZone: "UTC" });
  await server.kill("SIGTERM");
  const restored = await run(server.dataDir, ["restore", backup, "--force", "--json"]);
  expect(restored.json()).toMatchObject({ key: "here", erasures: "replayed" });
  await server.restart();

  const { items: seams } = await server.call<{ items: { log: number; previousLog: number; size: number }[] }>(
    "GET",
    "/api/v1/ledger/seams",
  );
  const [seam] = seams;
  expect(seams).toMatchObject([{ previousLog: 1 }]);
  const old = await (await fetchAgain(`${server.url}/ledger/logs/1/checkpoint`)).text();
  expect(parseCheckpoint(parseNote(old).text)).toMatchObject({ size: seam?.size });
  const { items } = await server.call<{ items: { act: { kind: string; data: object } }[] }>(
    "GET",
    `/api/v1/ledger/entries?log=${seam?.log}&fromIndex=0&toIndex=0`,
  );
  expect(items).toMatchObject([
    {
      act: {
        kind: "installation.restored",
        actor: { kind: "machine" },
        data: { by: "command_line", previous: { size: seam?.size } },
      },
    },
  ]);
  const person = await server.call<{ state: string }>("GET", `/api/v1/people/${eve}`).catch(() => undefined);
  expect(person?.state ?? "erased").toBe("erased");
  const needs = async () =>
    (await server.call<{ needsYou: { kind: string }[] }>("GET", "/api/v1/overview")).needsYou.map(
      ({ kind }) => kind,
    );
  expect(await needs()).toContain("seam_unacknowledged");
  await server.call("POST", `/api/v1/ledger/seams/${seam?.log}/acknowledge`, { reason: "Disk failed" });
  expect(await needs()).not.toContain("seam_unacknowledged");

  const { fingerprint } = await server.call<{ fingerprint: string }>("GET", "/api/v1/ledger/trust");
  for (const log of [1, seam?.log]) {
    const zip = await download({ log });
    const verifiers: [string, ...string[]][] = [
      [process.execPath, join(VERIFIER_FOLDER, "verify.mjs"), zip, "--json"],
      ["/usr/bin/python3", PYTHON_VERIFIER, zip],
    ];
    for (const [program, ...args] of verifiers) {
      if (!existsSync(program)) continue;
      const { stdout, stderr } = spawnSync(program, [...args, "--fingerprint", fingerprint], {
        encoding: "utf8",
      });
      expect([program, stderr, JSON.parse(stdout)]).toMatchObject([
        program,
        "",
        { ok: true, pinned: "pinned", seams: [{ size: seam?.size }] },
      ]);
    }
    const own = await run(scratch, ["verify", zip, "--fingerprint", fingerprint]);
    expect([own.code, own.out]).toEqual([0, expect.stringContaining("The owner acknowledged it.")]);
  }
}, 180_000);

test("a copy from elsewhere opens with the code alone, says so about erasures, and a wrong code changes nothing", async () => {
  const elsewhere = join(scratch, "elsewhere");
  const restore = (...options: string[]): Promise<Run> =>
    run(elsewhere, ["restore", backup, "--json", ...options]);
  const codeOf = async (reply: Promise<Run>) => (await reply).json<{ error: { code: string } }>().error.code;
  expect(await codeOf(restore())).toBe("recovery.code_needed");
  expect(await codeOf(restore("--code-file", fileWith("short", "ABCDE")))).toBe("recovery.code_malformed");
  const foreign = fileWith("foreign", await codeOfAnotherKit());
  expect(await codeOf(restore("--code-file", foreign))).toBe("recovery.code_wrong");
  expect(existsSync(join(elsewhere, "postgres"))).toBe(false);
  expect(existsSync(join(elsewhere, "secrets"))).toBe(false);

  expect((await restore("--code-file", code)).json()).toMatchObject({ key: "kit", erasures: "unknown" });
  const check = await run(elsewhere, ["check", "--json"]);
  expect(check.json<{ check: string; ok: boolean }[]>().filter(({ ok }) => !ok)).toEqual([]);

  const key = await run(server.dataDir, ["key", "show", "--json"]);
  expect((await run(elsewhere, ["key", "--json"])).json()).toEqual(key.json());
  rmSync(join(elsewhere, "secrets", "master.key"));
  const lost = await run(elsewhere, ["start", "--json", ...NO_PORTS]);
  expect([lost.code, lost.json<{ error: { code: string } }>().error.code]).toEqual([1, "key.missing"]);
  const back = await run(elsewhere, ["key", "recover", "--json", "--code-file", code]);
  expect(back.json()).toMatchObject({ state: "plain" });

  const stranger = join(scratch, "stranger");
  cpSync(join(elsewhere, "secrets"), join(stranger, "secrets"), { recursive: true });
  writeFileSync(join(stranger, "secrets", "master.key"), Buffer.alloc(32, 1), { mode: 0o600 });
  expect(await codeOf(run(stranger, ["restore", backup, "--json", "--code-file", code]))).toBe(
    "restore.other_installation",
  );
  cpSync(join(stranger, "secrets", "master.key"), join(elsewhere, "secrets", "master.key"));
  const swapped = await run(elsewhere, ["start", "--json", ...NO_PORTS]);
  expect([swapped.code, swapped.json<{ error: { code: string } }>().error.code]).toEqual([1, "key.differs"]);
}, 180_000);

async function codeOfAnotherKit(): Promise<string> {
  return (await server.call<Draft>("POST", "/api/v1/recovery-kit", {})).groups.join(" ");
}

test("a sealed key opens with its passphrase alone, at the start and for commands", async () => {
  const { dataDir } = server;
  await server.kill("SIGTERM");
  const [first, second] = [fileWith("one", "first passphrase\n"), fileWith("two", "second passphrase\n")];
  const key = (...args: string[]): Promise<Run> => run(dataDir, ["key", ...args, "--json"]);
  const refused = async (reply: Promise<Run>) => (await reply).json<{ error: { code: string } }>().error.code;
  expect((await key("seal", "--new-passphrase-file", first)).json()).toMatchObject({ state: "sealed" });
  expect(await refused(key("seal", "--new-passphrase-file", first))).toBe("key.already_sealed");
  expect(await refused(key("unseal", "--passphrase-file", second))).toBe("key.passphrase_wrong");
  await key("change", "--passphrase-file", first, "--new-passphrase-file", second);
  const start = (...options: string[]) => run(dataDir, ["start", "--json", ...NO_PORTS, ...options]);
  expect(await refused(start())).toBe("key.passphrase_needed");
  expect(await refused(start("--passphrase-file", first))).toBe("key.passphrase_wrong");
  const listed = await run(dataDir, ["device", "list", "--json", "--passphrase-file", second]);
  expect(listed.code).toBe(0);
  const credentials = join(scratch, "credentials");
  cpSync(second, join(credentials, "gatehouse-passphrase"), { recursive: true });
  expect(
    (await run(dataDir, ["key", "unseal", "--json"], { CREDENTIALS_DIRECTORY: credentials })).json(),
  ).toMatchObject({ state: "plain" });
  await server.restart();
}, 180_000);
