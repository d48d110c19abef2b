import { type AppError, isAppError } from "@gatehouse/base";
import { expect, test } from "vitest";
import { HeavyReads } from "./heavy-reads.ts";

test("one organisation asks two questions at a time and keeps sixteen waiting; another's come in between", async () => {
  const reads = new HeavyReads();
  const running: string[] = [];
  let most = 0;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const ask = (tenantId: string): Promise<string> =>
    reads
      .run(tenantId, async () => {
        running.push(tenantId);
        most = Math.max(most, running.filter((one) => one === tenantId).length);
        await gate;
        running.splice(running.indexOf(tenantId), 1);
        return "answered";
      })
      .catch((error: AppError) => (isAppError(error) ? error.code : String(error)));
  const many = Array.from({ length: 40 }, () => ask("greedy"));
  const other = ask("modest");
  expect(running).toEqual(["greedy", "greedy", "modest"]);
  open();
  expect(await other).toBe("answered");
  const answers = await Promise.all(many);
  expect(answers.filter((answer) => answer === "answered")).toHaveLength(18);
  expect(new Set(answers)).toEqual(new Set(["answered", "server.busy"]));
  expect(most).toBe(2);
});
