import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { expect, test } from "vitest";
import { connectDirect } from "./connect.ts";
import { badCamera } from "./testing/bad-camera.ts";

const never = new AbortController().signal;

test("a camera whose certificate nobody known has signed is told nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse tls "));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...made, "-subj", "/CN=localhost", "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  let heard = 0;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    socket.on("data", () => heard++);
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(connectDirect(new URL(`rtsps://localhost:${port}/`), never)).rejects.toMatchObject({
    code: "camera.source_unreachable",
    fields: { reason: "tls" },
  });
  expect(heard).toBe(0);
  server.close();
  rmSync(folder, { recursive: true });
});

test("a name that nobody knows, and a port where nobody listens, are told apart", async () => {
  const camera = await badCamera(() => undefined);
  await camera.close();
  const reasonOf = (url: string) =>
    connectDirect(new URL(url), never).catch(({ fields }: { fields: { reason: string } }) => fields.reason);
  expect(await reasonOf(`rtsp://127.0.0.1:${camera.port}/`)).toBe("connection");
  expect(await reasonOf("rtsp://no-such-camera.invalid/")).toBe("name");
});

test("a connection ends when whoever asked for it ends it", async () => {
  const camera = await badCamera(() => undefined);
  const ending = new AbortController();
  const socket = await connectDirect(new URL(`http://127.0.0.1:${camera.port}/`), ending.signal);
  ending.abort();
  await new Promise((closed) => socket.once("close", closed));
  await expect(connectDirect(new URL(`http://127.0.0.1:${camera.port}/`), ending.signal)).rejects.toThrow();
  await camera.close();
});
