import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ATTACKS } from "./attacks/index.ts";
import { runAttacks } from "./run.ts";

test("a run that is stopped while its folder is made begins nothing and leaves nothing", async () => {
  const own = mkdtempSync(join(tmpdir(), "lab-stopped-"));
  vi.stubEnv("TMPDIR", own);
  const stop = new AbortController();
  const said = vi.fn();
  const running = runAttacks(ATTACKS.slice(0, 1), {
    isQuick: true,
    say: said,
    nowMs: () => 0,
    stopped: stop.signal,
  });
  stop.abort();
  await expect(running).rejects.toThrow();
  expect(readdirSync(own)).toEqual([]);
  expect(said).not.toHaveBeenCalled();
  vi.unstubAllEnvs();
  rmdirSync(own);
});
