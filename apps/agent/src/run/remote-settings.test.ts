import { FakeServer, until } from "@gatehouse/device-client/testing";
import { signDeviceSettings } from "@gatehouse/secure-channel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestSite } from "../testing/running-agent.ts";

interface Report {
  readonly kind: string;
  readonly version: number;
  readonly refused?: { readonly version: number; readonly reason: string };
}

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

  const reported = (): Report[] =>
    site.server.taken
      .filter(({ contentType }) => contentType === 10)
      .map(({ value }) => value as Report)
      .filter(({ kind }) => kind === "settings");

  it("hold when the server signed them, stay after a restart, and never go back", async () => {
    site.file("proc/loadavg", "0.1 0.1 0.1 1/1 1\n");
    site.file("proc/uptime", "3600 1\n");
    await site.start({ intervalSeconds: 3600 });
    await until("it works", () => site.readings.length === 1);
    site.server.push(10, settings(3, { sensors: { enabled: { load: false } } }));
    await until("they hold", () => reported().at(-1)?.version === 3);
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
    await until("the server is told", () => reported().at(-1)?.refused !== undefined);
    const reason = "this machine's configuration takes none";
    expect(reported().at(-1)).toMatchObject({ version: 0, takes: false, refused: { version: 1, reason } });
  });

  it("are told of in each session: what is in force, what was refused, what only the owner can set", async () => {
    const commands = { hello: { argv: ["/bin/echo"] } };
    await site.start({ intervalSeconds: 3600, ledControl: ["ACT"], commands });
    await until("the first report", () => reported().length === 1);
    expect(reported()[0]).toEqual({
      kind: "settings",
      version: 0,
      takes: true,
      settings: expect.objectContaining({ intervalSeconds: 3600, log: { sendLevel: "warn" } }),
      commands: ["hello"],
      leds: ["ACT"],
    });
    const message = settings(2, { log: { sendLevel: "none" } });
    site.server.push(10, message);
    await until("they hold", () => reported().at(-1)?.version === 2);
    expect(reported().at(-1)).toMatchObject({
      settings: { intervalSeconds: 3600, log: { sendLevel: "none" } },
    });
    const before = reported().length;
    site.server.push(10, message);
    await until("it says so again", () => reported().length === before + 1);
    expect(site.logged("settings.refused")).toEqual([]);
    site.server.push(10, settings(3, { intervalSeconds: 0 }));
    await until("the refusal is told", () => reported().at(-1)?.refused !== undefined);
    expect(reported().at(-1)).toMatchObject({ version: 2, refused: { version: 3, reason: "not valid" } });
    // Nobody but the server makes it say that it refused something.
    site.server.push(10, settings(9, {}, new FakeServer().current));
    await until("that is refused", () => site.logged("settings.refused").length === 2);
    site.server.dropConnections();
    const seen = reported().length;
    await until("a report in the next session", () => reported().length > seen);
    expect(reported().at(-1)).toMatchObject({ version: 2, refused: { version: 3 } });
  });
});
