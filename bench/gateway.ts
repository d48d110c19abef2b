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
          operator_refused: site.busyCount,
          ...figuresOf("", calm),
          ...figuresOf("killed_", killed),
        },
        targets: {
          complete_s: "<= 60",
          ...targetsOf("", meters, answering),
          ...targetsOf("killed_", meters, answering),
        },
      };
    } finally {
      await site.end();
    }
  },
};

const figuresOf = (prefix: string, { seconds, verdicts }: Round): Record<string, number> => ({
  [`${prefix}complete_s`]: seconds,
  [`${prefix}verdicts`]: verdicts.rows,
  [`${prefix}read`]: verdicts.read,
  [`${prefix}silent`]: verdicts.silent,
  [`${prefix}readings_repeated`]: verdicts.repeated,
});

/** Exactly one verdict a meter, and no signed reading stored twice. */
const targetsOf = (prefix: string, meters: number, answering: number): Record<string, string> => ({
  [`${prefix}verdicts`]: `= ${meters}`,
  [`${prefix}read`]: `= ${answering}`,
  [`${prefix}silent`]: `= ${meters - answering}`,
  [`${prefix}readings_repeated`]: "= 0",
});

function print(what: string, { seconds, verdicts }: Round): void {
  console.log(`${what}: ${seconds.toFixed(1)} s, ${JSON.stringify(verdicts)}`);
}
