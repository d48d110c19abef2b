import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("so many at a time, in the order in which they were asked for; who gives up is passed over", async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const aborts = Array.from({ length: 5 }, () => new AbortController());
  const taken = aborts.map(({ signal }, number) =>
    turns.take(signal, async () => {
      begun.push(number);
      await new Promise<void>((resolve) => void ends.push(resolve));
      return number;
    }),
  );
  const settled = Promise.allSettled(taken);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  aborts[2]?.abort(new Error("not wanted"));
  for (let round = 0; round < 4; round++) {
    ends[round]?.();
    await taken[round === 2 ? 3 : round]?.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const results = (await settled).map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)));
  expect([begun, results]).toEqual([
    [0, 1, 3, 4],
    [0, 1, "Error: not wanted", 3, 4],
  ]);
  const gone = AbortSignal.abort(new Error("before"));
  await expect(turns.take(gone, async () => 1)).rejects.toThrow("before");
  expect(await turns.take(new AbortController().signal, async () => 2)).toBe(2);
});
