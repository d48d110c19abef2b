import { silentLogger } from "@gatehouse/base";
import { expect, test } from "vitest";
import { Lifecycle } from "./lifecycle.ts";

test("stops in reverse order, once, and past a step that fails or hangs", async () => {
  const order: string[] = [];
  const lifecycle = new Lifecycle(silentLogger);
  lifecycle.onStop("first", async () => void order.push("first"));
  lifecycle.onStop("broken", () => Promise.reject(new Error("broken")));
  lifecycle.onStop("hanging", () => new Promise(() => {}), 10);
  lifecycle.onStop("last", async () => void order.push("last"));
  await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  expect(order).toEqual(["last", "first"]);
});
