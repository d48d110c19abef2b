import { expect, test } from "vitest";
import {
  addDevice,
  DAY_MS,
  M1,
  refusalOf,
  sealed,
  startCarriage,
  take,
  textOf,
  useCarriageHouse,
  world,
} from "../testing/carriage-house.ts";

useCarriageHouse();

test("a key that two machines use ends for both, whichever speaks", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  await take(carriage, link, sealed(keys, "original", { bootId: 7 }));
  await take(carriage, link, sealed(keys, "copy", { bootId: 8 }));
  expect(refusalOf(link, sealed(keys, "original", { bootId: 7 }))).toBe("cloned");
  expect(refusalOf(link, sealed(keys, "copy", { bootId: 8 }))).toBe("unknown_key");
});

test("a message of an earlier start, first heard of after a later one, is no second machine", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  const waited = sealed(keys, "waited at the gateway", { bootId: 7, sentMs: world.nowMs - 60_000 });
  await take(carriage, link, sealed(keys, "after a restart", { bootId: 8 }));
  await take(carriage, link, waited);
  expect(textOf(await take(carriage, link, sealed(keys, "still me", { bootId: 8 })))).toBe("still me");
});

test("a repeated message that was refused for its wrong clock ends no key", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  await take(carriage, link, sealed(keys, "first start", { bootId: 7 }));
  const early = sealed(keys, "its clock jumped", { bootId: 7, sentMs: world.nowMs + DAY_MS });
  expect(refusalOf(link, early)).toBe("time");
  await take(carriage, link, sealed(keys, "second start", { bootId: 8 }));
  expect(refusalOf(link, early)).toBe("time");
  expect(textOf(await take(carriage, link, sealed(keys, "still me", { bootId: 8 })))).toBe("still me");
});

test("a copy that only repeats sequences of the original is noticed too, but a forged repetition changes nothing", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  await take(carriage, link, sealed(keys, "original", { bootId: 7, sequence: 1_000n }));
  await take(carriage, link, sealed(keys, "copy", { bootId: 8, sequence: 1_001n }));
  await take(carriage, link, sealed(keys, "copy", { bootId: 8, sequence: 1_002n }));
  const repeated = sealed(keys, "original", { bootId: 7, sequence: 1_002n });
  const forged = Uint8Array.from(repeated);
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  expect(refusalOf(link, forged)).toBe("not_authentic");
  expect(refusalOf(link, repeated)).toBe("cloned");
});
