import { AppError } from "@gatehouse/base";
import { hash } from "@node-rs/argon2";
import { describe, expect, it } from "vitest";
import { BoundedQueue } from "../throttle/index.ts";
import { hashPassword, isKnownPasswordHash, needsRehash, stretchSecret, verifyPassword } from "./index.ts";

describe("passwords", () => {
  it("are stored as argon2id with 19 MiB, two passes and one lane", async () => {
    expect(await hashPassword("correct horse")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("verify exactly as given: no trimming, no case folding, no Unicode folding", async () => {
    const phc = await hashPassword(" Pässword\u0000 ");
    expect(await verifyPassword(phc, " Pässword\u0000 ")).toBe(true);
    for (const wrong of ["Pässword\u0000", " pässword\u0000 ", " Pa\u0308ssword\u0000 ", " Pässword", ""]) {
      expect(await verifyPassword(phc, wrong)).toBe(false);
    }
  });

  it("never verify for an unknown account or a damaged hash", async () => {
    expect(await verifyPassword(undefined, "nobody")).toBe(false);
    expect(await verifyPassword("$argon2id$v=19$damaged", "nobody")).toBe(false);
    expect(await verifyPassword("", "nobody")).toBe(false);
  });

  it("are hashed again when the stored cost is not today's", async () => {
    expect(needsRehash(await hashPassword("a"))).toBe(false);
    expect(needsRehash(await hash("a", { memoryCost: 8192 }))).toBe(true);
    expect(needsRehash(await hash("a", { algorithm: 1 }))).toBe(true);
    expect(needsRehash("pbkdf2:sha256:1000$x$y")).toBe(true);
  });

  it.each([
    [
      "PBKDF2 of 260,000 rounds",
      "pbkdf2:sha256:260000$Gq3dT0pZ$e4616242d40fd63b643214d4a8676812d3802caa4f064aa5e1b00644a9f90479",
      "correct horse",
    ],
    [
      "PBKDF2 with letters beyond ASCII",
      "pbkdf2:sha256:1000$salt.salt$8157d30289e981197fcd2be182d8a96f13e6c685b52087566b60552781ca8835",
      "Pässwörd 🔑",
    ],
    ["bcrypt of cost 4", "$2b$04$Y3lWIjebYePCYmuOZkpzT.n/W5B.ODAnEw1k0RVHyShsxCekozABK", "correct horse"],
    [
      "bcrypt as PHP names it",
      "$2y$04$Y3lWIjebYePCYmuOZkpzT.n/W5B.ODAnEw1k0RVHyShsxCekozABK",
      "correct horse",
    ],
    ["bcrypt of old", "$2a$04$Y3lWIjebYePCYmuOZkpzT.n/W5B.ODAnEw1k0RVHyShsxCekozABK", "correct horse"],
  ])("of older systems verify and are hashed again: %s", async (_, stored, password) => {
    expect(isKnownPasswordHash(stored)).toBe(true);
    expect(await verifyPassword(stored, password)).toBe(true);
    for (const wrong of [`${password} `, "", password.toUpperCase()])
      expect(await verifyPassword(stored, wrong)).toBe(false);
    expect(needsRehash(stored)).toBe(true);
  });

  it.each([
    ["more rounds than a thread can spare", `pbkdf2:sha256:2000001$salt$${"0".repeat(64)}`],
    ["hardly any rounds", `pbkdf2:sha256:1$salt$${"0".repeat(64)}`],
    ["another digest", `pbkdf2:sha1:1000$salt$${"0".repeat(40)}`],
    ["a short digest", "pbkdf2:sha256:1000$salt$00"],
    ["no rounds", `pbkdf2:sha256:$salt$${"0".repeat(64)}`],
    ["bcrypt that takes seconds", "$2b$15$Y3lWIjebYePCYmuOZkpzT.n/W5B.ODAnEw1k0RVHyShsxCekozABK"],
    ["bcrypt cut short", "$2b$04$abc"],
    ["MD5", "5f4dcc3b5aa765d61d8327deb882cf99"],
    ["plain text", "password"],
  ])("of older systems are refused with %s", async (_, stored) => {
    expect(isKnownPasswordHash(stored)).toBe(false);
    expect(await verifyPassword(stored, "password")).toBe(false);
  });

  it("longer than the 72 bytes that bcrypt reads are checked by these, as they were where they come from", async () => {
    const of72 = "$2b$04$qlIeoGxEOEJFdWB7trCoje4bSf1k6RZj0D7u33LRHpxuu7gRkZE7O";
    expect(await verifyPassword(of72, "a".repeat(72))).toBe(true);
    expect(await verifyPassword(of72, `${"a".repeat(72)}é and whatever`)).toBe(true);
    expect(await verifyPassword(of72, "a".repeat(71))).toBe(false);
    expect(await verifyPassword(of72, `${"a".repeat(71)}é`)).toBe(false);
  });

  it("with a NUL are nobody's of bcrypt, whose versions disagree on what is behind it", async () => {
    const stored = "$2b$04$Y3lWIjebYePCYmuOZkpzT.n/W5B.ODAnEw1k0RVHyShsxCekozABK";
    for (const password of ["correct horse\0", "correct horse\0x", "\0"])
      expect(await verifyPassword(stored, password)).toBe(false);
    expect(await verifyPassword(stored, "correct horse")).toBe(true);
  });

  it("of older systems are checked without holding up anything else, two at a time", async () => {
    let beats = 0;
    const heart = setInterval(() => beats++, 5);
    const stored = `pbkdf2:sha256:2000000$salt$${"0".repeat(64)}`;
    await Promise.all([1, 2, 3].map(() => verifyPassword(stored, "correct horse")));
    clearInterval(heart);
    expect(beats).toBeGreaterThan(20);
  }, 60_000);

  it("are refused as busy in a flood instead of piling up, and work again after it", async () => {
    const phc = await hashPassword("a");
    const answers = await Promise.allSettled(Array.from({ length: 80 }, () => verifyPassword(phc, "a")));
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toHaveLength(80 - 2 - 64);
    expect(refused.every(({ reason }) => (reason as AppError).code === "server.busy")).toBe(true);
    expect(await verifyPassword(phc, "a")).toBe(true);
  }, 60_000);
});

describe("a short random secret", () => {
  it("is stretched as a password is, to the same bytes for the same salt and key only", async () => {
    const [salt, key] = [new Uint8Array(16).fill(1), new Uint8Array(32).fill(2)];
    const stretched = await stretchSecret("ABCD", salt, key);
    expect(stretched).toHaveLength(32);
    expect(await stretchSecret("ABCD", salt, key)).toEqual(stretched);
    const phc = await hash("ABCD", { memoryCost: 19_456, timeCost: 2, parallelism: 1, salt, secret: key });
    expect(phc.endsWith(`$${Buffer.from(stretched).toString("base64").replace(/=+$/, "")}`)).toBe(true);
    for (const other of [
      stretchSecret("ABCE", salt, key),
      stretchSecret("ABCD", new Uint8Array(16).fill(3), key),
      stretchSecret("ABCD", salt, new Uint8Array(32).fill(3)),
    ])
      expect(await other).not.toEqual(stretched);
  });
});

describe("the bounded queue", () => {
  it("runs no more at once than allowed, in order of arrival, also when tasks fail", async () => {
    const queue = new BoundedQueue(2, 10);
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const tasks = Array.from({ length: 8 }, (_, i) =>
      queue.run(async () => {
        started.push(i);
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        if (i % 3 === 0) throw new AppError("server.internal");
      }),
    );
    await Promise.allSettled(tasks);
    expect(most).toBe(2);
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await queue.run(async () => "free again")).toBe("free again");
  });
});
