import { existsSync, readFileSync } from "node:fs";
import { accounts } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { OWNER, openHouse } from "../testing/house.ts";

const FILE = new URL("../../../../../../../shared/data/naughty-strings.json", import.meta.url);
const STRINGS: string[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : [];
/** Each attempt is a hash of 19 MiB: a sample for those that need one. */
const SAMPLE = STRINGS.filter((_, i) => i % 12 === 0);

describe.skipIf(STRINGS.length === 0)("a naughty string (../shared/data/naughty-strings.json)", () => {
  it("as a name is stored exactly or refused clearly, and found again in list and log", async () => {
    await using house = await openHouse();
    const owner = await house.owner();
    let stored = 0;
    for (const name of STRINGS) {
      const reply = await owner.call(accounts.updateMe, { body: { name } });
      if (reply.status !== 200) {
        expect([name, reply.status, reply.code]).toEqual([name, 400, "request.invalid"]);
        continue;
      }
      stored++;
      expect(reply.body.person.name).toBe(name);
      if (stored % 20 > 0) continue;
      expect((await owner.call(accounts.listPeople)).body.items[0].name).toBe(name);
    }
    expect(stored).toBeGreaterThan(STRINGS.length / 2);
  });

  it("as organisation, name and local part of the owner is stored exactly or refused clearly", async () => {
    await using house = await openHouse();
    for (const [i, text] of SAMPLE.entries()) {
      await house.query("truncate tenants cascade");
      const browser = house.browser({ address: `198.51.100.${i}` });
      const setUp = async (body: object) => {
        const token = await house.accounts.ensureSetupToken();
        return browser.call(accounts.completeSetup, { body: { ...OWNER, ...body, token } });
      };
      let reply = await setUp({ organisation: text, name: text, email: `${text}@example.org` });
      if (reply.status !== 201) {
        expect([text, reply.status, reply.code]).toEqual([text, 400, "request.invalid"]);
        reply = await setUp({ organisation: text, name: text });
        if (reply.status !== 201) {
          expect([text, reply.status, reply.code]).toEqual([text, 400, "request.invalid"]);
          continue;
        }
      } else expect(reply.body.person.email).toBe(`${text}@example.org`);
      expect(await house.query("select t.name as organisation, p.name from people p, tenants t")).toEqual([
        { organisation: text, name: text },
      ]);
    }
  });

  it("as e-mail address or password of a log-in is refused like any other", async () => {
    await using house = await openHouse();
    await house.owner();
    for (const [i, text] of SAMPLE.entries()) {
      const browser = house.browser({ address: `198.51.100.${i}` });
      const reply = await browser.call(accounts.login, { body: { email: text, password: text } });
      expect(["auth.invalid_credentials", "request.invalid"]).toContain(reply.code);
    }
  });

  it("as search text finds what it says or nothing", async () => {
    await using house = await openHouse();
    const owner = await house.owner();
    for (const q of STRINGS) {
      const { status, code } = await owner.call(accounts.listPeople, { query: { q } });
      if (status !== 200) expect([q, status, code]).toEqual([q, 400, "request.invalid"]);
    }
  });
});
