import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "@gatehouse/device-client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestSite } from "../testing/running-agent.ts";

let site: TestSite;
beforeEach(async () => {
  site = await TestSite.open();
});
afterEach(() => site.end());

describe("commands", () => {
  const command = (id: string, name: string, params: object, expires = site.server.nowMs + 60_000) =>
    site.server.push(4, { id, command: name, params, expires });
  const answers = () =>
    site.server.taken
      .filter(({ contentType }) => contentType === 4)
      .map(({ value }) => value as { id: string });
  const answerTo = async (id: string) => {
    await until(`an answer to ${id}`, () => answers().some((answer) => answer.id === id));
    return answers().find((answer) => answer.id === id);
  };

  it("run nothing but what the machine's owner wrote down", async () => {
    const marker = join(site.folder, "marker");
    await site.start({
      commands: {
        date: { argv: ["/bin/echo", "$HOME", "; touch", marker] },
        fails: { argv: ["/bin/sh", "-c", "exit 7"] },
        hangs: { argv: ["/bin/sh", "-c", "sleep 60 & wait"], timeoutSeconds: 1 },
        missing: { argv: ["/no/such/program"] },
        floods: { argv: ["/bin/sh", "-c", "yes | head -c 1000000"], maxOutputBytes: 100 },
      },
    });
    command("1", "run", { name: "date" });
    expect(await answerTo("1")).toMatchObject({ ok: true });
    await until("its output", () => site.events("command.output").length === 1);
    expect(site.events("command.output")[0]).toMatchObject({
      output: `$HOME ; touch ${marker}`,
      truncated: false,
    });
    expect(() => statSync(marker)).toThrow();

    command("2", "run", { name: "fails" });
    expect(await answerTo("2")).toMatchObject({ ok: false, reason: "exit code 7" });
    command("3", "run", { name: "hangs" });
    expect(await answerTo("3")).toMatchObject({ ok: false, reason: "ended after 1 s" });
    command("4", "run", { name: "missing" });
    expect(await answerTo("4")).toMatchObject({ ok: false, reason: "not started (ENOENT)" });
    command("5", "run", { name: "floods" });
    expect(await answerTo("5")).toMatchObject({ ok: true });
    await until("its output", () => site.events("command.output").length === 2);
    expect(String(site.events("command.output")[1]?.output).length).toBeLessThanOrEqual(100);

    for (const [id, name] of Object.entries({ 6: "rm", 7: "__proto__", 8: "constructor" })) {
      command(id, "run", { name });
      expect(await answerTo(id)).toMatchObject({ ok: false, reason: expect.stringContaining("not allowed") });
    }
    command("9", "run", { name: "date" }, site.server.nowMs - 1_000);
    expect(await answerTo("9")).toMatchObject({ ok: false, reason: "expired" });
    command("10", "reboot", { name: "now" });
    expect(await answerTo("10")).toMatchObject({ ok: false, reason: "unknown command" });
  });

  it("run nothing at all by default", async () => {
    await site.start();
    command("1", "run", { name: "date" });
    expect(await answerTo("1")).toMatchObject({ ok: false });
    command("2", "led", { name: "ACT", on: true });
    expect(await answerTo("2")).toMatchObject({ ok: false, reason: expect.stringContaining("not allowed") });
  });

  it("run once, however often they come, also across a restart", async () => {
    const marker = join(site.folder, "marker");
    const config = { commands: { mark: { argv: ["/bin/sh", "-c", `echo x >> '${marker}'`] } } };
    await site.start(config);
    command("1", "run", { name: "mark" });
    command("1", "run", { name: "mark" });
    await until("both answered", () => answers().length >= 2);
    await site.stop();
    await site.start(config);
    command("1", "run", { name: "mark" });
    // They are taken one after the other: when this is answered, that one was.
    command("2", "run", { name: "none" });
    expect(await answerTo("2")).toMatchObject({ ok: false });
    expect(readFileSync(marker, "utf8")).toBe("x\n");
    for (const answer of answers().filter(({ id }) => id === "1"))
      expect(answer).toEqual({ id: "1", ok: true, reason: "done" });
  });

  it("switch an LED that may be switched, and its new state is measured at once", async () => {
    site.file("sys/class/leds/ACT/brightness", "0\n");
    site.file("sys/class/leds/ACT/trigger", "[mmc0]\n");
    await site.start({ intervalSeconds: 3600, ledControl: ["ACT", "PWR"] });
    await until("the first reading", () => site.readings.length === 1);
    expect(site.readings[0]?.values["led.ACT"]).toBe(false);
    command("1", "led", { name: "ACT", on: true });
    expect(await answerTo("1")).toMatchObject({ ok: true, reason: "on" });
    await until("the second reading", () => site.readings.length === 2);
    expect(site.readings[1]?.values["led.ACT"]).toBe(true);
    command("2", "led", { name: "PWR", on: true });
    expect(await answerTo("2")).toMatchObject({ ok: false, reason: expect.stringContaining("absent") });
  });
});
