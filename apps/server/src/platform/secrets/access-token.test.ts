import { createHmac, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { type Clock, Secret, systemClock, systemRandom } from "@gatehouse/base";
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createAccessTokens, deriveKey } from "./index.ts";

const DAY_MS = 24 * 3600 * 1000;
const MINUTE_MS = 60_000;
const claims = { accountId: "a1", sessionId: "s1", generation: 3 };
const master = new Secret(systemRandom.bytes(32));

function setUp() {
  let nowMs = 1_800_000_000_000;
  const clock: Clock = { ...systemClock, nowMs: () => nowMs };
  return { clock, tokens: createAccessTokens(master, clock), pass: (ms: number) => (nowMs += ms) };
}

describe("an access token", () => {
  it("carries account and session to the audience it was made for, and only there", async () => {
    const { tokens } = setUp();
    const token = await tokens.sign(claims, "console", 5 * MINUTE_MS);
    expect(await tokens.verify(token, "console")).toEqual(claims);
    expect(await tokens.verify(token, "portal")).toBeUndefined();
    expect(decodeProtectedHeader(token)).toEqual({
      alg: "EdDSA",
      typ: "gh-access+jwt",
      kid: expect.any(String),
    });
  });

  it("ends", async () => {
    const { tokens, pass } = setUp();
    const token = await tokens.sign(claims, "console", 5 * MINUTE_MS);
    pass(5 * MINUTE_MS - 1000);
    expect(await tokens.verify(token, "console")).toEqual(claims);
    pass(1000);
    expect(await tokens.verify(token, "console")).toBeUndefined();
  });

  it("is not taken after a quarter of an hour, whatever it claims", async () => {
    const { tokens, pass } = setUp();
    const token = await tokens.sign(claims, "console", DAY_MS);
    pass(16 * MINUTE_MS);
    expect(await tokens.verify(token, "console")).toBeUndefined();
  });

  it("verifies in another process with the same master key, and not with another key", async () => {
    const { tokens, clock } = setUp();
    const token = await tokens.sign(claims, "console", MINUTE_MS);
    expect(await createAccessTokens(master, clock).verify(token, "console")).toEqual(claims);
    const stranger = createAccessTokens(new Secret(systemRandom.bytes(32)), clock);
    expect(await stranger.verify(token, "console")).toBeUndefined();
  });

  it("is signed by a new key every 30 days while the one before still verifies", async () => {
    const { tokens, pass, clock } = setUp();
    const toBoundaryMs = 30 * DAY_MS - (clock.nowMs() % (30 * DAY_MS));
    pass(toBoundaryMs - 1000);
    const before = await tokens.sign(claims, "console", MINUTE_MS);
    pass(2000);
    const after = await tokens.sign(claims, "console", MINUTE_MS);
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    expect(await tokens.verify(before, "console")).toEqual(claims);
    expect(await tokens.verify(after, "console")).toEqual(claims);
  });

  it("is refused with any one character changed, also in the bits that base64url does not use", async () => {
    const { tokens } = setUp();
    const token = await tokens.sign(claims, "console", MINUTE_MS);
    const altered = [...token].map(
      (char, at) => token.slice(0, at) + (char === "A" ? "B" : "A") + token.slice(at + 1),
    );
    const lastOnes = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="];
    altered.push(...lastOnes.map((char) => token.slice(0, -1) + char).filter((text) => text !== token));
    for (const text of altered) expect(await tokens.verify(text, "console")).toBeUndefined();
  });

  it("is refused unsigned, signed with HMAC or by a stranger, of another type or issuer, without end or session", async () => {
    const { tokens, clock } = setUp();
    const atS = Math.floor(clock.nowMs() / 1000);
    const body = { sub: "a1", sid: "s1", gen: 3, iss: "gatehouse", aud: "console", iat: atS, exp: atS + 60 };
    const kid = decodeProtectedHeader(await tokens.sign(claims, "console", MINUTE_MS)).kid as string;
    const ours = createPrivateKey({
      key: Buffer.concat([
        Buffer.from("302e020100300506032b657004220420", "hex"),
        deriveKey(master, `access-token/${kid}`),
      ]),
      format: "der",
      type: "pkcs8",
    });
    const sign = (payload: object, typ = "gh-access+jwt", key = ours) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: "EdDSA", typ, kid }).sign(key);
    expect(await tokens.verify(await sign(body), "console")).toEqual(claims);

    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const hs = `${encode({ alg: "HS256", typ: "gh-access+jwt", kid })}.${encode(body)}`;
    const without = (claim: string) =>
      Object.fromEntries(Object.entries(body).filter(([name]) => name !== claim));
    const forgeries = [
      new UnsecuredJWT(body).encode(),
      `${hs}.${createHmac("sha256", "key").update(hs).digest("base64url")}`,
      await sign(body, "gh-access+jwt", generateKeyPairSync("ed25519").privateKey),
      await sign(body, "JWT"),
      await sign({ ...body, iss: "elsewhere" }),
      await sign({ ...body, sid: 7 }),
      await sign({ ...body, gen: "3" }),
      await sign({ ...body, iat: atS + 60 }),
      ...(await Promise.all(Object.keys(body).map((claim) => sign(without(claim))))),
      "",
      "a.b.c",
    ];
    for (const forgery of forgeries) expect(await tokens.verify(forgery, "console")).toBeUndefined();
  });
});
