import { recordingLogger, virtualClock } from "@gatehouse/testkit";
import { expect, it } from "vitest";
import { ReadDesk } from "./read-desk.ts";
import { RequestJournal } from "./request-journal.ts";

const REQUEST = { kind: "read", requestId: "request", devices: ["silent", "absent"] } as const;

async function open() {
  const clock = virtualClock();
  const files = new Map<string, Uint8Array>();
  const state = {
    read: async (name: string) => files.get(name),
    write: async (name: string, bytes: Uint8Array) => void files.set(name, bytes),
  };
  const verdicts: { atMs: number; deviceId: string; verdict: string }[] = [];
  const log = recordingLogger();
  let aheadMs = 0;
  const desk = new ReadDesk({
    ...{ clock, log },
    journal: await RequestJournal.open(state, clock),
    serverNowMs: () => clock.nowMs() + aheadMs,
    isAssigned: () => true,
    isReachable: (deviceId) => deviceId === "silent",
    ask: () => true,
    report: async (_, items) =>
      void verdicts.push(
        ...items.map(({ deviceId, verdict }) => ({ atMs: clock.nowMs(), deviceId, verdict })),
      ),
  });
  const hang = (ms: number): void => {
    aheadMs += ms;
  };
  return { clock, desk, verdicts, log, hang };
}

it("gives its verdicts before the deadline, so that they still arrive", async () => {
  const { clock, desk, verdicts, log } = await open();
  const deadlineMs = clock.nowMs() + 9_000;
  await desk.take({ ...REQUEST, devices: [...REQUEST.devices], deadlineMs });
  await clock.advanceAsync(20_000);
  expect(verdicts.map(({ deviceId, verdict }) => [deviceId, verdict])).toEqual([
    ["silent", "silent"],
    ["absent", "unreachable"],
  ]);
  for (const { atMs } of verdicts) expect(deadlineMs - atMs).toBeGreaterThanOrEqual(1_000);
  expect(log.lines.map(({ event }) => event)).toEqual(["gateway.reading_asked"]);
  expect(desk.openCount).toBe(0);
});

it("says so when it hung past the deadline, and nobody got a verdict of it", async () => {
  const { clock, desk, verdicts, log, hang } = await open();
  await desk.take({ ...REQUEST, devices: [...REQUEST.devices], deadlineMs: clock.nowMs() + 9_000 });
  await clock.advanceAsync(5_000);
  hang(60_000);
  await clock.advanceAsync(1_000);
  expect(verdicts).toEqual([]);
  expect(desk.openCount).toBe(0);
  expect(log.lines.at(-1)).toEqual({
    level: "warn",
    event: "gateway.deadline_missed",
    fields: { requestId: "request", meters: 2 },
  });
});
