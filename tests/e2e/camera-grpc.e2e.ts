import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@gatehouse/base/testing";
import type { cameras, ledger, operations } from "@gatehouse/contract";
import { jpegOf } from "@gatehouse/video/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { makeToken } from "../lib/program-token.ts";

// The example programs in Python, made from the published .proto by Google's own compiler.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROTO = join(ROOT, "packages/contract/proto/gatehouse/cameras/v1");
const PLUGIN = "/usr/bin/grpc_python_plugin";
const absent = [
  PLUGIN,
  "/usr/lib/python3/dist-packages/grpc",
  "/usr/lib/python3/dist-packages/google/protobuf",
].some((file) => !existsSync(file))
  ? " (skipped: apt-get install python3-grpcio python3-protobuf protobuf-compiler-grpc)"
  : "";

const FRAMES = 12;

describe.skipIf(absent !== "")(`gRPC with programs in Python${absent}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse grpc "));
  const [pictures, seen] = [join(folder, "pictures"), join(folder, "seen")];
  let server: Gatehouse;
  let address: string;
  let camera: { readonly deviceId: string; readonly password: string };

  const add = async (typeId: string) => {
    const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
    const body = { name: `a-${typeId}`, typeId, siteId: items[0]?.id };
    type Made = { device: { id: string }; key: { apiKey: string } };
    const { device, key } = await server.call<Made>("POST", "/api/v1/devices", body);
    return { deviceId: device.id, password: key.apiKey };
  };

  beforeAll(async () => {
    cpSync(join(ROOT, "examples/grpc"), folder, { recursive: true });
    const made = spawnSync("/usr/bin/protoc", [
      `-I${PROTO}`,
      `--plugin=protoc-gen-grpc=${PLUGIN}`,
      `--python_out=${folder}`,
      `--grpc_out=${folder}`,
      "cameras.proto",
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    for (const one of [pictures, seen]) mkdirSync(one);
    for (let n = 0; n < FRAMES; n++)
      writeFileSync(join(pictures, `${String(n).padStart(3, "0")}.jpg`), jpegOf(320 + 16 * n, 240));
    const port = await freePort();
    server = await startGatehouse({ GATEHOUSE_CAMERAS_GRPC_PORT: String(port) });
    address = `127.0.0.1:${port}`;
    camera = await add("camera");
  });
  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const python = async (...args: readonly string[]) => {
    const child = spawn("/usr/bin/python3", [join(folder, args[0] as string), ...args.slice(1)]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const [code] = await once(child, "close");
    return { code, output };
  };
  const health = async () =>
    (await server.call<cameras.Camera>("GET", `/api/v1/cameras/${camera.deviceId}`)).health;

  test("the port is among those that are open, for whoever looks", async () => {
    const { listeners } = await server.call<operations.NetworkInfo>("GET", "/api/v1/network");
    const found = listeners.find(({ kind }) => kind === "grpc");
    expect([`127.0.0.1:${found?.port}`, found?.loopbackOnly]).toEqual([address, true]);
  });

  test("frames that one program pushes are watched by another, byte for byte, and both are known", async () => {
    const { secret, token } = await makeToken(server, ["camera.view"]);
    let isWatched = false;
    const watching = python("watch.py", address, secret, seen, "3", camera.deviceId).finally(() => {
      isWatched = true;
    });
    await expect
      .poll(
        async () =>
          (
            await server.call<{ items: ledger.LedgerEntry[] }>(
              "GET",
              "/api/v1/ledger/entries?kind=camera.viewed",
            )
          ).items.length,
      )
      .toBe(1);
    // Only the newest is shown, of those that come in a heap perhaps one: they come until three were seen.
    let pushed = 0;
    for (; !isWatched; pushed += FRAMES)
      expect(await python("push.py", address, camera.password, pictures, "8")).toEqual({
        code: 0,
        output: `${FRAMES} taken, {} refused\n`,
      });
    const { code, output } = await watching;
    expect([code, output.trim().split("\n").length]).toEqual([0, 3]);
    const sent = new Set(readdirSync(pictures).map((name) => readFileSync(join(pictures, name), "base64")));
    for (const name of readdirSync(seen)) expect(sent).toContain(readFileSync(join(seen, name), "base64"));
    expect(readdirSync(seen)).toHaveLength(3);
    const { frames, refused } = await health();
    expect([frames, refused]).toEqual([pushed, {}]);
    const { items } = await server.call<{ items: ledger.LedgerEntry[] }>(
      "GET",
      "/api/v1/ledger/entries?kind=camera.viewed",
    );
    expect(items.map(({ act }) => [act?.actor.kind, act?.actor.id, act?.subject?.id, act?.data])).toEqual([
      ["program", token.id, camera.deviceId, { via: "grpc" }],
    ]);
  });

  test("what is no picture is refused and counted, and the rest of the call is taken", async () => {
    const mixed = join(folder, "mixed");
    mkdirSync(mixed);
    writeFileSync(join(mixed, "1.jpg"), jpegOf(320, 240));
    writeFileSync(join(mixed, "2.jpg"), "not a picture");
    writeFileSync(join(mixed, "3.jpg"), jpegOf(320, 240).subarray(0, -2));
    writeFileSync(join(mixed, "4.jpg"), jpegOf(320, 240));
    const { output } = await python("push.py", address, camera.password, mixed, "10");
    expect(output).toContain("2 taken");
    expect((await health()).refused).toEqual({ "frame.not_jpeg": 1, "frame.no_end": 1 });
  });

  test("without a key, with another's or a device that has no camera nothing is taken or shown", async () => {
    const thermometer = await add("thermometer");
    const { secret } = await makeToken(server, ["device.read"]);
    const cases: [readonly string[], string][] = [
      [["push.py", address, "wrong", pictures], "UNAUTHENTICATED"],
      [["push.py", address, thermometer.password, pictures], "NOT_FOUND"],
      [["push.py", address, secret, pictures], "UNAUTHENTICATED"],
      [["watch.py", address, camera.password, seen, "1", camera.deviceId], "UNAUTHENTICATED"],
      [["watch.py", address, secret, seen, "1", camera.deviceId], "NOT_FOUND"],
    ];
    for (const [args, status] of cases) {
      const { code, output } = await python(...args);
      expect([args[0], code, output.includes(status)]).toEqual([args[0], 1, true]);
    }
  });

  test("a token that is revoked, and a key that ends, end what is open within seconds", async () => {
    const { secret, token } = await makeToken(server, ["camera.view"]);
    const watching = python("watch.py", address, secret, seen, "1000000", camera.deviceId);
    const many = join(folder, "many");
    mkdirSync(many);
    for (let n = 0; n < 1_500; n++)
      writeFileSync(join(many, `${String(n).padStart(4, "0")}.jpg`), jpegOf(320, 240));
    const pushing = python("push.py", address, camera.password, many, "10");
    await expect.poll(async () => (await health()).framesPerSecond).toBeGreaterThan(0);
    await server.call("DELETE", `/api/v1/tokens/${token.id}`);
    expect((await watching).output).toContain("UNAUTHENTICATED");
    await server.call("POST", `/api/v1/devices/${camera.deviceId}/revoke`, {});
    const { code, output } = await pushing;
    expect([code, output.includes("PERMISSION_DENIED")]).toEqual([1, true]);
  });
});
