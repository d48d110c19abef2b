import { expect, test } from "vitest";
import { recordingLogger } from "./recording-logger.ts";

test("keeps what was logged in order, a child's fields included", () => {
  const log = recordingLogger();
  log.info({ a: 1 }, "one.happened");
  log.child({ feature: "devices" }).error({ a: 2 }, "two.happened");
  expect(log.lines).toEqual([
    { level: "info", event: "one.happened", fields: { a: 1 } },
    { level: "error", event: "two.happened", fields: { feature: "devices", a: 2 } },
  ]);
});
