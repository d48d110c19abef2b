import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../testing/index.ts";
import { mqttCarrier } from "./mqtt.ts";

const program = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].find(
  (path) => spawnSync("test", ["-x", path]).status === 0,
);

describe.skipIf(program === undefined)("envelopes through mosquitto (apt-get install mosquitto)", () => {
  let folder: string;
  let port: number;
  let broker: ChildProcess;

  const begin = async (): Promise<void> => {
    broker = spawn(program as string, ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" });
    for (let tries = 0; tries < 100; tries++) {
      const wire = await connect().catch(() => undefined);
      if (wire !== undefined) return wire.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("mosquitto does not answer");
  };
  const received: Uint8Array[] = [];
  const reasons: string[] = [];
  const connect = (topics = { up: "gh/pi/up/sx", down: "gh/pi/up/sx" }, password = "right") =>
    mqttCarrier({
      url: `mqtt://127.0.0.1:${port}`,
      clientId: `test-${Math.random()}`,
      username: "pi",
      password: () => password,
      topics,
      trust: {},
    }).connect({
      received: (envelope) => void received.push(envelope),
      closed: (reason) => void reasons.push(reason),
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "mosquitto-"));
    port = await freePort();
    const passwords = join(folder, "passwords");
    spawnSync("mosquitto_passwd", ["-b", "-c", passwords, "pi", "right"]);
    spawnSync("chmod", ["644", passwords]);
    spawnSync("chmod", ["755", folder]);
    writeFileSync(
      join(folder, "mosquitto.conf"),
      `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\n`,
    );
    await begin();
  });
  afterAll(() => {
    broker.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("arrive byte by byte as they were sent, acknowledged by the broker", async () => {
    received.length = 0;
    const wire = await connect();
    const envelopes = Array.from({ length: 20 }, (_, i) =>
      Uint8Array.from({ length: 100 * i + 1 }, (_, at) => at),
    );
    for (const envelope of envelopes) expect(await wire.send(envelope)).toEqual({ result: "stored" });
    await until("all are back", () => received.length === 20);
    expect(received).toEqual(envelopes);
    wire.close();
  });

  it("are not sent with a wrong password", async () => {
    await expect(connect(undefined, "wrong")).rejects.toMatchObject({ code: "url.unreachable" });
  });

  it("are refused to the sender, once, when the broker is gone", async () => {
    const wire = await connect();
    reasons.length = 0;
    broker.kill("SIGKILL");
    await until("it is noticed", () => reasons.length > 0);
    await expect(wire.send(new Uint8Array(10))).rejects.toThrow();
    expect(reasons).toHaveLength(1);
    await begin();
  });
});
