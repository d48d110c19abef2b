import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchAgain } from "../lib/ask-again.ts";
import { openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// Texts that have broken programs: kept to the letter or refused, wherever somebody may write one.

const NAUGHTY = new URL("../../../shared/data/naughty-strings.json", import.meta.url);

type Made = Awaited<ReturnType<Gatehouse["createDevices"]>>[number];

let server: Gatehouse;
let device: Made;

describe.skipIf(!existsSync(NAUGHTY))("naughty strings (skipped without ../shared)", () => {
  beforeAll(async () => {
    server = await startGatehouse();
    [device] = (await server.createDevices(1, "thermometer")) as [Made];
  });
  afterAll(async () => server?.end());

  const strings = existsSync(NAUGHTY) ? (JSON.parse(readFileSync(NAUGHTY, "utf8")) as string[]) : [];

  async function ask(method: string, path: string, body: unknown, headers?: Record<string, string>) {
    const reply = await fetchAgain(`${server.url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(headers ?? { cookie: server.cookie }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  /** Each is stored and read back exactly or refused with a 4xx that has a code; most must get through. */
  async function expectKept(
    send: (text: string, index: number) => Promise<{ status: number; body: Record<string, unknown> }>,
    read: (text: string, index: number) => Promise<unknown>,
  ): Promise<void> {
    let kept = 0;
    for (const [index, text] of strings.entries()) {
      const { status, body } = await send(text, index);
      if (status < 300) {
        expect([text, await read(text, index)]).toEqual([text, text]);
        kept++;
      } else {
        expect([text, status >= 400 && status < 500, typeof body.code]).toEqual([text, true, "string"]);
      }
    }
    expect(kept).toBeGreaterThan(strings.length * 0.8);
  }

  const field = async (path: string, name: string) => (await ask("GET", path, undefined)).body[name];
  const devicePath = () => `/api/v1/devices/${device.deviceId}`;

  test("as a site's name", async () => {
    const made = await ask("POST", "/api/v1/sites", { name: "first", timeZone: "Europe/Paris" });
    const path = `/api/v1/sites/${made.body.id}`;
    const read = async () => {
      const { items } = await server.call<{ items: { id: string; name: string }[] }>("GET", "/api/v1/sites");
      return items.find(({ id }) => id === made.body.id)?.name;
    };
    await expectKept((name) => ask("PATCH", path, { name }), read);
  });

  test("as a device's label and tag", async () => {
    await expectKept(
      (label) => ask("PATCH", devicePath(), { label }),
      () => field(devicePath(), "label"),
    );
    let kept = 0;
    for (const tag of strings) {
      const { status, body } = await ask("PATCH", devicePath(), { tags: [tag] });
      if (status === 200 && ++kept) expect(await field(devicePath(), "tags")).toEqual([tag]);
      else expect([tag, status, typeof body.code]).toEqual([tag, 400, "string"]);
    }
    expect(kept).toBeGreaterThan(200);
  });

  test("as a board's and a rule's name", async () => {
    const board = { charts: [], rangeMs: 60_000 };
    const rule = {
      enabled: true,
      severity: "info",
      scope: {},
      condition: { kind: "silence", forMs: 60_000 },
      holdMs: 0,
      channelIds: [],
      repeatMs: 0,
    };
    for (const [path, body] of [
      ["/api/v1/boards", board],
      ["/api/v1/rules", rule],
    ] as const) {
      let { body: current } = await ask("POST", path, { ...body, name: "first" });
      await expectKept(
        async (name) => {
          const reply = await ask("PUT", `${path}/${current.id}`, {
            ...body,
            name,
            updatedMs: current.updatedMs,
          });
          if (reply.status === 200) current = reply.body;
          return reply;
        },
        async () => {
          const { items } = await server.call<{ items: { id: string; name: string }[] }>("GET", path);
          return items.find(({ id }) => id === current.id)?.name;
        },
      );
    }
  });

  test("as the organisation's and a person's name", async () => {
    await expectKept(
      (organisation) => ask("PATCH", "/api/v1/settings", { organisation }),
      () => field("/api/v1/settings", "organisation"),
    );
    await expectKept(
      (name) => ask("PATCH", "/api/v1/auth/me", { name }),
      async () => ((await field("/api/v1/auth/me", "person")) as { name: string }).name,
    );
  });

  test("as a state's value and a line of a device's log", async () => {
    const senders = await Promise.all(Array.from({ length: 13 }, (_, n) => addGeneric(`naughty-${n}`)));
    const sender = (index: number) =>
      senders[index % senders.length] as { id: string; bearer: Record<string, string> };
    await expectKept(
      (text, index) => ask("POST", "/api/v1/ingest", { values: { text } }, sender(index).bearer),
      async (_, index) => {
        const last = await field(`/api/v1/devices/${sender(index).id}`, "last");
        return (last as { value: unknown }[])[0]?.value;
      },
    );
    await expectKept(
      (message, index) => ask("POST", "/api/v1/logs/send", { logs: [{ message }] }, sender(index).bearer),
      async (_, index) => {
        const items = await field(`/api/v1/devices/${sender(index).id}/log?kind=log&limit=1`, "items");
        return (items as { message: unknown }[])[0]?.message;
      },
    );
  });

  async function addGeneric(name: string) {
    const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
    const made = await server.call<{ device: { id: string }; key: { apiKey: string } }>(
      "POST",
      "/api/v1/devices",
      {
        name,
        typeId: "generic",
        siteId: items[0]?.id,
      },
    );
    return { id: made.device.id, bearer: { authorization: `Bearer ${made.key.apiKey}` } };
  }

  test("on the device's page they are text: no script runs", async () => {
    const label = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
    await server.call("PATCH", devicePath(), { label, tags: ["<svg onload=alert(3)>"] });
    const browser = await openBrowser();
    try {
      const context = await browser.newContext({ locale: "en-GB" });
      const faults = await watchFaults(context);
      await useSession(context, server.url, server.cookie);
      const page = await context.newPage();
      for (const tab of ["now", "log", "settings"]) {
        await page.goto(`${server.url}/devices/${device.deviceId}/${tab}`);
        await page.getByRole("heading", { level: 1, name: device.username }).waitFor();
        await page.getByText(label).first().waitFor();
      }
      await page.goto(`${server.url}/devices`);
      await page.getByText(label).first().waitFor();
      expect(await page.locator("img[src=x]").count()).toBe(0);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
