import { parseArgs } from "node:util";
import { KINDS, type Kind, WITHIN_MS } from "./lib/poisoning-attacks.ts";
import { newTally, runMonth, type Tally } from "./lib/poisoning-run.ts";
import { type BenchResult, median } from "./lib/report.ts";
import type { Bench } from "./run.ts";

/** The defaults were chosen on seeds 1 to 8; these were not looked at before. */
const TUNED_ON = { from: 1, count: 8 };
const SCORED_ON = { from: 101, count: 10 };
const TARGET_RATIO: Readonly<Record<Kind, number>> = {
  offset: 0.9,
  drift: 0.75,
  replay: 0.9,
  stuck: 0.9,
  noise: 0.9,
  coordinated: 0.75,
};

export const bench: Bench = {
  describe:
    "200 devices × 30 days under seeded attacks: who is quarantined, how soon, and how often wrongly [--from 101 --seeds 10]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: "string", default: String(SCORED_ON.from) },
        seeds: { type: "string", default: String(SCORED_ON.count) },
      },
    });
    const from = Number(values.from);
    const count = Number(values.seeds);
    const [ours, peers] = [newTally(), newTally()];
    let verdicts = 0;
    let judgingMs = 0;
    for (let seed = from; seed < from + count; seed++) {
      const month = runMonth(seed, ours, peers);
      verdicts += month.verdicts;
      judgingMs += month.judgingMs;
      process.stderr.write(`\rseed ${seed}      `);
    }
    console.log(
      `\nscored on seeds ${from} to ${from + count - 1}; defaults chosen on ${TUNED_ON.from} to ${TUNED_ON.from + TUNED_ON.count - 1}`,
    );
    printKinds(ours, peers);
    return result(ours, peers, (verdicts / judgingMs) * 1000);
  },
};

const rate = (tally: Tally, kind: Kind): number => tally.detected[kind] / tally.attacked[kind];
const wrong = (tally: Tally): number => (1000 * tally.falseQuarantines) / tally.honestDeviceDays;

function printKinds(ours: Tally, peers: Tally): void {
  console.table(
    KINDS.map((kind) => ({
      kind,
      attacked: ours.attacked[kind],
      "within h": WITHIN_MS[kind] / 3_600_000,
      "detected %": Number((100 * rate(ours, kind)).toFixed(1)),
      "median h": Number(median(ours.hoursToDetect[kind]).toFixed(1)),
      "peer detected %": Number((100 * rate(peers, kind)).toFixed(1)),
      "peer median h": Number(median(peers.hoursToDetect[kind]).toFixed(1)),
    })),
  );
  console.log(
    `wrong quarantines: ${ours.falseQuarantines} in ${Math.round(ours.honestDeviceDays)} honest device-days`,
    ours.falseReasons,
    `; peer: ${peers.falseQuarantines}`,
  );
}

function result(ours: Tally, peers: Tally, verdictsPerSecond: number): BenchResult {
  const figures: Record<string, number> = {};
  const targets: Record<string, string> = {};
  for (const kind of KINDS) {
    figures[`${kind}_detected_ratio`] = rate(ours, kind);
    figures[`${kind}_median_hours`] = median(ours.hoursToDetect[kind]);
    figures[`peer_${kind}_detected_ratio`] = rate(peers, kind);
    targets[`${kind}_detected_ratio`] = `>= ${TARGET_RATIO[kind]}`;
  }
  figures.false_per_1000_device_days = wrong(ours);
  figures.peer_false_per_1000_device_days = wrong(peers);
  figures.verdicts_per_s = verdictsPerSecond;
  targets.false_per_1000_device_days = "<= 1";
  targets.verdicts_per_s = ">= 200000";
  return { figures, targets, peer: "three standard deviations per metric" };
}
