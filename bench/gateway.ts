import { parseArgs } from "node:util";
import { MeteringSite, type Round } from "./lib/metering-site.ts";
import type { Bench } from "./run.ts";

const CALM_DEADLINE_S = 60;
const KILL_DEADLINE_S = 120;

export const bench: Bench = {
  describe:
    "read all meters: 20 gateways × 500 meters, 5 % silent; then again with kill -9 of the server and 2 gateways [--gateways 20 --meters 500]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        gateways: { type: "string", default: "20" },
        meters: { type: "string", default: "500" },
      },
    });
    const site = await MeteringSite.open(Number(values.gateways), Number(values.meters));
    try {
      const calm = await site.read(CALM_DEADLINE_S);
      print("nothing happens to anybody", calm);
      const killed = await site.read(KILL_DEADLINE_S, () => site.killSome());
      print("server and gateways killed", killed);
      const meters = site.meterCount;
      const answering = meters - site.silentCount;
      return {
        figures: {
          gateways: site.gatewayCount,
          meters,
          silent: site.silentCount,
          complete_s: calm.seconds,
          verdicts: calm.verdicts.rows,
          verdicts_missing: meters - calm.verdicts.devices,
          readings_missing: answering - calm.verdicts.read,
          operator_refused: site.busyCount,
          killed_complete_s: killed.seconds,
          killed_verdicts: killed.verdicts.rows,
          killed_verdicts_missing: meters - killed.verdicts.devices,
          killed_verdicts_twice: killed.verdicts.rows - killed.verdicts.devices,
          killed_readings_missing: answering - killed.verdicts.read,
        },
        targets: {
          complete_s: "<= 60",
          verdicts: `>= ${meters}`,
          verdicts_missing: "<= 0",
          readings_missing: "<= 0",
          killed_verdicts: `>= ${meters}`,
          killed_verdicts_missing: "<= 0",
          killed_verdicts_twice: "<= 0",
        },
      };
    } finally {
      await site.end();
    }
  },
};

function print(what: string, { seconds, verdicts }: Round): void {
  console.log(`${what}: ${seconds.toFixed(1)} s, ${JSON.stringify(verdicts)}`);
}
