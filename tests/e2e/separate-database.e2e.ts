import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gatehouse, type Run } from "../lib/command-line.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import {
  findPostgresPrograms,
  type PostgresServer,
  ROLE_PASSWORD,
  startPostgresServer,
} from "../lib/postgres-server.ts";

// Each test goes on where the one before ended.

const programs = findPostgresPrograms();

describe.skipIf(programs === undefined)(
  "on a PostgreSQL server of one's own (Debian: apt-get install postgresql)",
  () => {
    const scratch = mkdtempSync(join(tmpdir(), "gatehouse separate "));
    let postgres: PostgresServer;
    let databaseUrl: string;
    let server: Gatehouse;
    let device: Awaited<ReturnType<Gatehouse["createDevices"]>>[number];

    beforeAll(async () => {
      postgres = await startPostgresServer(programs as string);
      databaseUrl = await postgres.createDatabase("house");
      server = await startGatehouse({ DATABASE_URL: databaseUrl });
      [device] = (await server.createDevices(1, "thermometer")) as [typeof device];
    });
    afterAll(async () => {
      await server?.end();
      await postgres?.[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    });

    const history = async (): Promise<unknown> => {
      const { items } = await server.call<{ items: { t: number[]; v: number[] }[] }>(
        "POST",
        "/api/v1/telemetry/history",
        {
          series: [`${device.deviceId}:temperature`],
          fromMs: TS_MS,
          toMs: TS_MS + 10_000,
          resolution: "raw",
        },
      );
      return items.map(({ t, v }) => [t, v]);
    };
    const TS_MS = Date.now() - 60_000;

    test("an owner, a device and a value are kept there, over a stop and a start", async () => {
      const reply = await fetch(`${server.url}/api/v1/ingest`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${device.password}` },
        body: JSON.stringify({ ts: TS_MS, values: { temperature: 21.5 } }),
      });
      expect(reply.status).toBe(200);
      expect(await history()).toEqual([[[TS_MS], [21.5]]]);
      expect(existsSync(join(server.dataDir, "postgres"))).toBe(false);
      const about = await server.call<{ embedded: boolean; postgres: string }>("GET", "/api/v1/about");
      expect(about).toMatchObject({ embedded: false });
      await server.kill("SIGTERM");
      await server.restart();
      expect(await history()).toEqual([[[TS_MS], [21.5]]]);
      const me = await fetch(`${server.url}/api/v1/auth/me`, { headers: { cookie: server.cookie } });
      expect(((await me.json()) as { person: { role: string } }).person.role).toBe("owner");
    });

    test("a copy is made beside the running server and restored into another database, which must be empty", async () => {
      const folder = join(scratch, "copy");
      const env = { DATABASE_URL: databaseUrl };
      const backup = await gatehouse(server.dataDir, ["backup", folder, "--json"], env);
      expect([backup.code, backup.json()]).toMatchObject([0, { verified: true }]);
      const check = await gatehouse(server.dataDir, ["check", "--json"], env);
      expect(check.json<{ ok: boolean }[]>().filter(({ ok }) => !ok)).toEqual([]);
      const other = { DATABASE_URL: await postgres.createDatabase("elsewhere") };
      const elsewhere = join(scratch, "elsewhere");
      const restored = await gatehouse(elsewhere, ["restore", folder, "--json"], other);
      expect([restored.code, restored.json<{ rows: number }>().rows]).toEqual([
        0,
        backup.json<{ rows: number }>().rows,
      ]);
      const listed = await gatehouse(elsewhere, ["device", "list", "--json"], other);
      expect(listed.json<{ name: string }[]>().map(({ name }) => name)).toEqual([device.username]);
      const again = await gatehouse(elsewhere, ["restore", folder, "--json"], other);
      expect([again.code, again.json<{ error: { code: string } }>().error.code]).toEqual([
        1,
        "restore.not_empty",
      ]);
      const forced = await gatehouse(elsewhere, ["restore", folder, "--force", "--json"], other);
      expect([forced.code, forced.json<{ rows: number }>().rows]).toEqual([
        0,
        backup.json<{ rows: number }>().rows,
      ]);
    });

    test("a second server does not run on it, and one that was killed is followed at once", async () => {
      const ports = {
        GATEHOUSE_HTTP_PORT: String(await freePort()),
        GATEHOUSE_MQTT_PORT: String(await freePort()),
      };
      const second = await gatehouse(join(scratch, "second"), ["start"], {
        ...ports,
        DATABASE_URL: databaseUrl,
      });
      expect([second.code, second.err]).toEqual([1, expect.stringContaining("(database.in_use)")]);
      const before = await history();
      await server.kill("SIGKILL");
      await server.restart();
      expect(await history()).toEqual(before);
    });

    async function expectOneLine(url: string, reason: RegExp): Promise<void> {
      const ports = {
        GATEHOUSE_HTTP_PORT: String(await freePort()),
        GATEHOUSE_MQTT_PORT: String(await freePort()),
      };
      const start = (...more: string[]): Promise<Run> =>
        gatehouse(join(scratch, "refused"), ["start", ...more], { ...ports, DATABASE_URL: url });
      const said = await start();
      expect(said.code).toBe(1);
      expect(said.out).toBe("");
      expect(said.err.trim().split("\n")).toEqual([
        "The database does not answer. (database.unavailable)",
        expect.stringMatching(reason),
      ]);
      const { code, json } = await start("--json");
      expect([code, json<{ error: object }>().error]).toMatchObject([
        1,
        { code: "database.unavailable", reason: expect.stringMatching(reason) },
      ]);
      expect(said.err).not.toContain(encodeURIComponent(ROLE_PASSWORD));
    }

    test("a wrong password ends the start with one message that says so", async () => {
      const wrong = databaseUrl.replace(encodeURIComponent(ROLE_PASSWORD), "another");
      await expectOneLine(wrong, /password authentication failed for user "house"/);
    });

    test("a server that does not answer, or has no such database, does too", async () => {
      const port = await freePort();
      await expectOneLine(databaseUrl.replace(`:${postgres.port}/`, `:${port}/`), /ECONNREFUSED/);
      await expectOneLine(`postgres://house@localhost:${port}/house`, /ECONNREFUSED/);
      await expectOneLine(databaseUrl.replace(/house$/, "nowhere"), /database "nowhere" does not exist/);
    });
  },
);
