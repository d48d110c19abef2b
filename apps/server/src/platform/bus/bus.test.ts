import { silentLogger } from "@gatehouse/base";
import { expect, test } from "vitest";
import { createBus } from "./bus.ts";

const ended = { tenantId: "t", personId: "p", sessionId: "s" };

test("a handler that throws does not disturb the others", () => {
  const bus = createBus(silentLogger);
  const seen: string[] = [];
  bus.subscribe("session.ended", () => {
    throw new Error("broken");
  });
  bus.subscribe("session.ended", (message) => seen.push(message.sessionId));
  bus.publish("session.ended", ended);
  expect(seen).toEqual(["s"]);
});

test("an unsubscribed handler hears nothing more, even when it leaves during a delivery", () => {
  const bus = createBus(silentLogger);
  let first = 0;
  let second = 0;
  const leave = bus.subscribe("session.ended", () => {
    first++;
    leave();
  });
  bus.subscribe("session.ended", () => second++);
  bus.publish("session.ended", ended);
  bus.publish("session.ended", ended);
  expect([first, second]).toEqual([1, 2]);
});
