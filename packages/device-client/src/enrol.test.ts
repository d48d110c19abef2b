import { type AppError, systemClock, systemRandom } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enrol } from "./enrol.ts";
import { encodeIdentity, parseIdentity } from "./identity.ts";
import { CLAIM_CODE, FakeServer } from "./testing/index.ts";

const common = { clock: systemClock, random: systemRandom };

describe.each([1, 2] as const)("enrolment with suite %i", (suite) => {
  let server: FakeServer;
  beforeEach(async () => {
    server = await new FakeServer(suite).start();
  });
  afterEach(() => server.stop());

  const attempt = (code = CLAIM_CODE) => enrol({ url: server.url, by: { code }, suite, ...common });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "enrolled",
      (error: AppError) => error.code,
    );

  it("gives an identity that survives being written and read, with four words", async () => {
    const { identity, serverTimeMs } = await attempt();
    expect(identity.words).toHaveLength(4);
    expect(server.device?.keyId).toBe(identity.keys.keyId);
    expect(Math.abs(serverTimeMs - systemClock.nowMs())).toBeLessThan(60_000);
    const again = parseIdentity(encodeIdentity(identity));
    expect(again.keys.keyId).toBe(identity.keys.keyId);
    expect(again.server).toEqual(identity.server);
  });

  it("takes a code as a person types it", async () => {
    expect(await codeOf(attempt(CLAIM_CODE.toLowerCase().replaceAll("-", " ")))).toBe("enrolled");
  });

  it("is refused by the server with another code, and the second time", async () => {
    expect(await codeOf(attempt("1123-4567-89AB-CDEF-GHJK-MNPQ-RSTV"))).toBe("device.claim_invalid");
    expect(await codeOf(attempt())).toBe("enrolled");
    expect(await codeOf(attempt())).toBe("device.claim_invalid");
  });

  it("gets an API key that somebody in between cannot read", async () => {
    let heard = "";
    server.tamper = (enrolment) => {
      heard = JSON.stringify(enrolment);
      return enrolment;
    };
    const { identity } = await attempt();
    expect(identity.apiKey).toBe("gh_test");
    expect(heard).toContain("sealedApiKey");
    expect(heard).not.toContain("gh_test");
  });

  it("refuses an answer that somebody in between has changed", async () => {
    const other = await new FakeServer(suite).start();
    server.tamper = (enrolment) => ({ ...enrolment, root: other.rootText, server: other.serverKeys() });
    expect(await codeOf(attempt())).toBe("device.claim_invalid");
    await other.stop();
  });
});

describe("an enrolment that cannot be", () => {
  it("says that the server is not reached", async () => {
    const server = await new FakeServer().start();
    await server.stop();
    const attempt = enrol({ url: server.url, by: { code: CLAIM_CODE }, suite: 2, ...common });
    await expect(attempt).rejects.toMatchObject({ code: "url.unreachable" });
  });

  it("refuses an identity of which a byte is missing or changed", async () => {
    const server = await new FakeServer().start();
    const { identity } = await enrol({ url: server.url, by: { code: CLAIM_CODE }, suite: 2, ...common });
    await server.stop();
    const bytes = encodeIdentity(identity);
    expect(() => parseIdentity(bytes.subarray(0, -1))).toThrow(/secret.unreadable/);
    const text = Buffer.from(bytes).toString().replace(identity.keys.keyId, "0000000000000000");
    expect(() => parseIdentity(Buffer.from(text))).toThrow(/secret.unreadable/);
  });
});
