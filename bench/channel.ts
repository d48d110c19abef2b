import { spawnSync } from "node:child_process";
import { measureAllSealed, SEALED_TARGETS, SIZES } from "./lib/channel-sealed.ts";
import { measureSessions, SESSION_TARGETS } from "./lib/channel-sessions.ts";
import { median } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const ROUNDS = 3;
const MIB = 2 ** 20;
const GCM_RATIO = "m1 data open 1 MiB vs openssl aes-256-gcm";

/** Bytes per second of CPU that `openssl speed` reports for 1 MiB blocks. */
function opensslSpeed(algorithm: string): number {
  const args = ["speed", "-mr", "-seconds", "1", "-bytes", String(MIB), "-evp", algorithm];
  const { stdout } = spawnSync("openssl", args, { encoding: "utf8" });
  return Number(/^\+F:.*:([\d.]+)$/m.exec(stdout ?? "")?.[1]);
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
      "openssl aes-256-gcm MiB/s": median(gcm) / MIB,
      "openssl aes-256-cbc MiB/s": median(cbc) / MIB,
    };
    const openedBytes = (figures["m1 data open 1m/s"] ?? Number.NaN) * SIZES["1m"];
    const sealedBytes = (figures["m1 data seal 1m/s"] ?? Number.NaN) * SIZES["1m"];
    return {
      figures,
      ratio: {
        [GCM_RATIO]: openedBytes / median(gcm),
        "m1 data seal 1 MiB vs openssl aes-256-gcm": sealedBytes / median(gcm),
      },
      targets: {
        ...SEALED_TARGETS,
        ...SESSION_TARGETS,
        [GCM_RATIO]: ">= 0.5",
        "m1 data seal 1 MiB vs openssl aes-256-gcm": ">= 0.5",
      },
      peer: opensslVersion(),
    };
  },
};
