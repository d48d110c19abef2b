import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLAIM_CODE, FakeServer, until } from "@gatehouse/device-client/testing";
import { signDeviceSettings } from "@gatehouse/secure-channel";
import { expect, it } from "vitest";
import { runCommand, startProcess, writeConfig } from "../testing/agent-process.ts";

interface Report {
  readonly kind?: string;
  readonly version: number;
  readonly refused?: object;
}

it("tells of settings that it took just before it was killed, and takes no older and no forged ones", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agent settings "));
  const stateDir = join(folder, "state");
  const server = await new FakeServer().start();
  writeConfig(stateDir, { intervalSeconds: 3600 });
  const enrolled = await runCommand(["enrol", server.url, CLAIM_CODE, "--state-dir", stateDir, "--json"]);
  const { deviceId } = JSON.parse(enrolled.stdout) as { deviceId: string };
  const push = (version: number, intervalSeconds: number, signer = server.current) => {
    const document = Buffer.from(
      JSON.stringify({ deviceId, version, issuedMs: server.nowMs, settings: { intervalSeconds } }),
    );
    server.push(10, {
      kind: "settings",
      document: document.toString("base64url"),
      keyId: server.current.keyId,
      signature: Buffer.from(signDeviceSettings(signer, document)).toString("base64url"),
    });
  };
  const reports = (): Report[] =>
    server.taken.map(({ value }) => value as Report).filter((value) => value?.kind === "settings");
  const file = join(stateDir, "remote.json");

  const agent = startProcess(stateDir);
  await until("its first report", () => reports().length === 1);
  // From now on nothing that it says is taken.
  server.acknowledges = false;
  push(4, 1800);
  await until("they are on its disk", () => existsSync(file) && readFileSync(file).length > 0);
  await agent.kill("SIGKILL");
  expect(reports().map(({ version }) => version)).toEqual([0]);
  server.acknowledges = true;

  const again = startProcess(stateDir);
  await until("the report", () => reports().at(-1)?.version === 4);
  const refused = () =>
    again.lines.filter(({ msg }) => msg === "settings.refused").map(({ reason }) => reason);
  push(3, 1);
  push(9, 1, new FakeServer().current);
  await until("both are refused", () => refused().length === 2);
  expect(refused()).toEqual(["version 3 is not above 4", "signature wrong"]);
  await until("and told", () => reports().length >= 4);
  expect(reports().at(-1)).toMatchObject({ version: 4, settings: { intervalSeconds: 1800 } });
  expect(reports().at(-1)?.refused).toBeUndefined();
  await again.kill("SIGKILL");
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 180_000);
