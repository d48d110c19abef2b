import { FakeServer, until } from "@gatehouse/device-client/testing";
import { signDeviceSettings } from "@gatehouse/secure-channel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestSite } from "../testing/running-agent.ts";

let site: TestSite;
beforeEach(async () => {
  site = await TestSite.open();
});
afterEach(() => site.end());

describe("settings from the server", () => {
  function settings(version: number, given: object, signer = site.server.current, deviceId?: string): object {
    const document = Buffer.from(
      JSON.stringify({
        deviceId: deviceId ?? "0190a1b2-0000-7000-8000-000000000001",
        version,
        issuedMs: site.server.nowMs,
        settings: given,
      }),
    );
    return {
      kind: "settings",
      document: document.toString("base64url"),
      keyId: signer.keyId,
      signature: Buffer.from(signDeviceSettings(signer, document)).toString("base64url"),
    };
  }

  it("hold when the server signed them, stay after a restart, and never go back", async () => {
    site.file("proc/loadavg", "0.1 0.1 0.1 1/1 1\n");
    site.file("proc/uptime", "3600 1\n");
    await site.start({ intervalSeconds: 3600 });
    await until("it works", () => site.readings.length === 1);
    site.server.push(10, settings(3, { sensors: { enabled: { load: false } } }));
    await until("they hold", () => site.events("settings.applied").length === 1);
    await until("a reading under them", () => site.readings.length === 2);
    expect(site.readings[1]?.values).not.toHaveProperty("load1");
    expect(site.readings[1]?.values).toMatchObject({ configVersion: 3, uptime: expect.any(Number) });

    const refused = () =>
      site.logged("settings.refused").map(({ fields }) => (fields as { reason: string }).reason);
    const stranger = new FakeServer();
    const tampered = settings(9, {}) as { document: string };
    site.server.push(10, settings(3, {}));
    site.server.push(10, settings(2, {}));
    site.server.push(10, settings(4, {}, stranger.current));
    site.server.push(10, settings(4, {}, site.server.current, "0190a1b2-0000-7000-8000-000000000002"));
    site.server.push(10, {
      ...tampered,
      document: (settings(8, { intervalSeconds: 1 }) as { document: string }).document,
    });
    site.server.push(10, settings(4, { commands: { x: { argv: ["/bin/sh"] } } }));
    site.server.push(10, settings(4, { intervalSeconds: 0 }));
    site.server.push(10, { kind: "settings" });
    await until("all are refused", () => refused().length === 8);
    expect(refused()).toEqual([
      "version 3 is not above 3",
      "version 2 is not above 3",
      "signed by a key that is not the server's",
      "for another device",
      "signature wrong",
      "not valid",
      "not valid",
      "malformed",
    ]);

    await site.stop();
    const restartedMs = Date.now();
    await site.start({ intervalSeconds: 3600 });
    await until("a reading after the restart", () => site.readings.some(({ ts }) => ts >= restartedMs));
    expect(site.readings.at(-1)?.values).toMatchObject({ configVersion: 3 });
    expect(site.readings.at(-1)?.values).not.toHaveProperty("load1");
  });

  it("are refused where the machine's owner wants none", async () => {
    await site.start({ remoteSettings: false });
    site.server.push(10, settings(1, { intervalSeconds: 5 }));
    await until("they are refused", () => site.logged("settings.refused").length === 1);
  });
});
