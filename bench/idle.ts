import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { processTree, pssBytes, startGatehouse, treePssBytes } from "../tests/lib/gatehouse.ts";
import { median } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const MIB = 2 ** 20;
const SAMPLES = 5;

export const bench: Bench = {
  describe:
    "memory (PSS) of the server and its PostgreSQL with the demo off and nobody connected [--seconds 30]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "30" } },
    });
    const server = await startGatehouse();
    try {
      await sleep(Number(values.seconds) * 1000);
      const all: number[] = [];
      const own: number[] = [];
      for (let sample = 0; sample < SAMPLES; sample++) {
        const [everything, alone] = [treePssBytes(server.pid), pssBytes(server.pid)];
        if (alone === 0 || everything === alone) throw new Error("the server or its PostgreSQL is gone");
        all.push(everything);
        own.push(alone);
        await sleep(1_000);
      }
      return {
        figures: {
          everything_mib: median(all) / MIB,
          server_mib: median(own) / MIB,
          postgres_mib: (median(all) - median(own)) / MIB,
          postgres_processes: processTree(server.pid).length - 1,
          highest_everything_mib: Math.max(...all) / MIB,
        },
        targets: { everything_mib: "<= 512" },
      };
    } finally {
      await server.end();
    }
  },
};
