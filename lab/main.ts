import { parseArgs } from "node:util";
import { systemClock } from "@gatehouse/base";
import { ATTACKS } from "./attacks/index.ts";
import { type LabEvent, type Result, runAttacks } from "./run.ts";

const USAGE = `npm run lab -- [--attack NAME]… [--quick] [--json] [--events] [--list]

  --attack NAME  only this one; may be given several times
  --quick        short counts (10,000 messages of flood, 3,000 mutations) instead of 100,000 and 1,000,000
  --json         the result as JSON
  --events       every event as a line of JSON, as it happens
  --list         what there is, as JSON`;

/** 128 and the number of SIGINT, as shells say it. */
const EXIT_STOPPED = 130;

const { values } = parseArgs({
  options: {
    attack: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    events: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function printTable(results: readonly Result[]): void {
  const rows = results.map(({ attack, control, withControl, withoutControl, passed }) => [
    attack,
    control,
    withControl.succeeded ? "NOT STOPPED" : `stopped, ${seconds(withControl.tookMs)}`,
    withoutControl.succeeded ? `succeeds, ${seconds(withoutControl.tookMs)}` : "DOES NOT WORK",
    passed ? "ok" : "FAILED",
  ]);
  const head = ["attack", "control", "with the control", "without it", ""];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [head, ...rows])
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  console.log(
    `\n${results.filter(({ passed }) => passed).length} of ${results.length} attacks are stopped by their control and succeed without it.`,
  );
}

function follow(event: LabEvent): void {
  if (values.events) console.log(JSON.stringify(event));
  else if (event.kind === "started" && !values.json)
    console.error(`${event.attack}, ${event.control ? "every control on" : "its control off"} …`);
}

async function main(stopped: AbortSignal): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.list) {
    console.log(JSON.stringify(ATTACKS.map(({ name, control, texts }) => ({ name, control, texts }))));
    return 0;
  }
  const unknown = (values.attack ?? []).filter((name) => !ATTACKS.some((attack) => attack.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no attack "${unknown[0]}". There are: ${ATTACKS.map(({ name }) => name).join(", ")}`,
    );
    return 64;
  }
  const wanted =
    values.attack === undefined ? ATTACKS : ATTACKS.filter(({ name }) => values.attack?.includes(name));
  const results = await runAttacks(wanted, {
    isQuick: values.quick,
    say: follow,
    nowMs: () => systemClock.nowMs(),
    stopped,
  });
  if (values.json) console.log(JSON.stringify(results));
  else if (!values.events) printTable(results);
  return results.every(({ passed }) => passed) ? 0 : 1;
}

// A second signal ends it at once; its site notices and removes itself.
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
process.exitCode = await main(stop.signal).catch((error: unknown) => {
  if (!stop.signal.aborted) console.error(error);
  return 1;
});
// The attack that was under way still waits for answers of a site that is gone.
if (stop.signal.aborted) process.exit(EXIT_STOPPED);
