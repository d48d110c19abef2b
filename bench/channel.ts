import { spawnSync } from "node:child_process";
import { measureAllSealed, SEALED_TARGETS } from "./lib/channel-sealed.ts";
import { measureSessions, SESSION_TARGETS } from "./lib/channel-sessions.ts";
import { median } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const ROUNDS = 3;
const MIB = 2 ** 20;
/** MiB per second of CPU that `openssl speed` reports for blocks of 1 MiB. */
function opensslSpeed(algorithm: string): number {
  const args = ["speed", "-mr", "-seconds", "1", "-bytes", String(MIB), "-evp", algorithm];
  const { stdout } = spawnSync("openssl", args, { encoding: "utf8" });
  return Number(/^\+F:.*:([\d.]+)$/m.exec(stdout ?? "")?.[1]) / MIB;
}

const opensslVersion = (): string =>
  (spawnSync("openssl", ["version"], { encoding: "utf8" }).stdout ?? "").split(" ").slice(0, 2).join(" ");

export const bench: Bench = {
  describe:
    "the secure channel on one core: seal and open, single messages and sessions, beside openssl speed",
  async run() {
    const gcm: number[] = [];
    const cbc: number[] = [];
    const sealed = measureAllSealed(ROUNDS, () => {
      gcm.push(opensslSpeed("aes-256-gcm"));
      cbc.push(opensslSpeed("aes-256-cbc"));
    });
    const sessions = measureSessions();
    const figures: Record<string, number> = {
      ...sealed,
      ...sessions,
      "openssl aes-256-gcm MiB/s": median(gcm),
      "openssl aes-256-cbc MiB/s": median(cbc),
    };
    const versus = (figure: string, peer: readonly number[]): number =>
      (figures[figure] ?? Number.NaN) / median(peer);
    return {
      figures,
      ratio: {
        "aes-256-gcm seal vs openssl": versus("aes-256-gcm seal MiB/s", gcm),
        "aes-256-gcm open vs openssl": versus("aes-256-gcm open MiB/s", gcm),
        // Whole frames of 1 MiB: header, sequence and one copy more.
        "m1 data seal 1m vs openssl": versus("m1 data seal 1m/s", gcm),
        "m1 data open 1m vs openssl": versus("m1 data open 1m/s", gcm),
        "c1 data seal 1m vs openssl aes-256-cbc": versus("c1 data seal 1m/s", cbc),
      },
      targets: {
        ...SEALED_TARGETS,
        ...SESSION_TARGETS,
        "aes-256-gcm seal vs openssl": ">= 0.5",
        "aes-256-gcm open vs openssl": ">= 0.5",
      },
      peer: opensslVersion(),
    };
  },
};
