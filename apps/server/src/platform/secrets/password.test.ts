import { AppError } from "@gatehouse/base";
import { hash } from "@node-rs/argon2";
import { describe, expect, it } from "vitest";
import { BoundedQueue } from "./bounded-queue.ts";
import { hashPassword, needsRehash, verifyPassword } from "./index.ts";

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

  it("are refused as busy in a flood instead of piling up, and work again after it", async () => {
    const phc = await hashPassword("a");
    const answers = await Promise.allSettled(Array.from({ length: 80 }, () => verifyPassword(phc, "a")));
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toHaveLength(80 - 2 - 64);
    expect(refused.every(({ reason }) => (reason as AppError).code === "server.busy")).toBe(true);
    expect(await verifyPassword(phc, "a")).toBe(true);
  }, 60_000);
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
