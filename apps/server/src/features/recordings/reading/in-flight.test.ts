import type { AppError } from "@gatehouse/base";
import { expect, test } from "vitest";
import { InFlight } from "./in-flight.ts";

const [ONE, OTHER] = ["tenant-1", "tenant-2"];
const outcomeOf = (take: () => unknown): string => {
  try {
    take();
    return "held";
  } catch (error) {
    return (error as AppError).code;
  }
};

test("whoever takes slowly what they asked for keeps neither colleagues nor other organisations from theirs", () => {
  const inFlight = new InFlight({ all: 10, tenant: 7, asker: 4 } as never);
  const hold = (bytes: number, tenantId: string, askerId?: string) =>
    outcomeOf(() => inFlight.take(bytes, { tenantId, askerId }));
  expect([hold(4, ONE, "a"), hold(1, ONE, "a")]).toEqual(["held", "server.busy"]);
  expect([hold(3, ONE, "b"), hold(1, ONE, "c"), hold(1, ONE)]).toEqual([
    "held",
    "server.busy",
    "server.busy",
  ]);
  expect([hold(3, OTHER, "d"), hold(1, OTHER, "e")]).toEqual(["held", "server.busy"]);
});

test("what has left is there again, once", () => {
  const inFlight = new InFlight({ all: 4, tenant: 4, asker: 4 } as never);
  const holder = { tenantId: ONE, askerId: "a" };
  const release = inFlight.take(3, holder);
  const second = inFlight.take(1, holder);
  release();
  release();
  expect(outcomeOf(() => inFlight.take(4, holder))).toBe("server.busy");
  second();
  expect(outcomeOf(() => inFlight.take(4, holder))).toBe("held");
});
