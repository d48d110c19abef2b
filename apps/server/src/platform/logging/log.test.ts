import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const LOG = new URL("./log.ts", import.meta.url).href;

/** What a program that logs says, by stream. Standard error is the log, so another process has to write it. */
function said(script: string): { readonly out: string; readonly lines: Record<string, unknown>[] } {
  const code = `const { createLogger } = await import(${JSON.stringify(LOG)}); const log = createLogger("info"); ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
  });
  return {
    out: stdout,
    lines: stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

test("a line is one JSON object with level, event and UTC time; no text of anybody begins another", () => {
  const evil = 'x\n{"level":"info","msg":"login.done"}\r\n\u2028\u001b[2J';
  const { out, lines } = said(`log.warn({ deviceId: ${JSON.stringify(evil)} }, "message.refused");
    log.debug({}, "not.wanted"); log.info({}, "server.ready");`);
  expect(out).toBe("");
  expect(lines).toEqual([
    { level: "warn", time: expect.stringMatching(/^\d{4}-.*T.*Z$/), deviceId: evil, msg: "message.refused" },
    { level: "info", time: expect.any(String), msg: "server.ready" },
  ]);
});

test("a field that is named like a secret prints none, also one level down", () => {
  const { lines } = said(`log.info({ password: "p1", token: "t1", apiKey: "k1", cookie: "c1",
    authorization: "a1", secret: "s1", channel: { password: "p2", token: "t2" } }, "channel.changed");
    const { Secret } = await import("@gatehouse/base"); log.info({ key: new Secret("s3") }, "key.made");`);
  expect(JSON.stringify(lines)).not.toMatch(/[ptkcas][123]"/);
  expect(lines[0]).toMatchObject({
    password: "[secret]",
    channel: { password: "[secret]", token: "[secret]" },
  });
});

test("a failure is told with its cause", () => {
  const { lines } = said(
    `log.error({ err: new Error("outer", { cause: new Error("inner") }) }, "http.failed");`,
  );
  expect(JSON.stringify(lines[0])).toContain("inner");
});
