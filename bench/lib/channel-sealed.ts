import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  generateKeyBundle,
  open,
  parseEnvelope,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "@gatehouse/secure-channel";
import { GCM_NONCE_BYTES, gcmOpen, gcmSeal } from "../../packages/secure-channel/src/primitives/aes-gcm.ts";
import { concat } from "../../packages/secure-channel/src/primitives/bytes.ts";
import { importSecret } from "../../packages/secure-channel/src/primitives/hash.ts";
import { median } from "./report.ts";

const SUITES = { m1: SUITE_IDS.M1, c1: SUITE_IDS.C1 } as const;
export const SIZES = { "256b": 256, "4k": 4_096, "1m": 1_048_576 } as const;
const ROUND_SECONDS = 0.3;
const WORKER = fileURLToPath(new URL("./channel-openssl-only-worker.ts", import.meta.url));

/** Calls per second of one core: CPU of the whole process, so that what else the machine does is not counted. */
export function ratePerCore(run: () => unknown): number {
  for (let i = 0; i < 20; i++) run();
  let count = 0;
  const before = process.cpuUsage();
  for (;;) {
    for (let i = 0; i < 10; i++) run();
    count += 10;
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    if (seconds > ROUND_SECONDS) return count / seconds;
  }
}

/** Single messages of one size sealed and opened, parsing included, per second of one core. */
export function measureSealed(suite: SuiteId, bytes: number): { seal: number; open: number } {
  const device = generateKeyBundle(suite, systemRandom);
  const server = generateKeyBundle(suite, systemRandom);
  const request = {
    sender: device,
    recipient: server,
    contentType: CONTENT_TYPES.json,
    sequence: 1n,
    sentMs: 1_800_000_000_000,
    bootId: 1,
    payload: systemRandom.bytes(Math.min(bytes, 65_536)),
  };
  if (bytes > request.payload.length) request.payload = new Uint8Array(bytes).fill(0x5a);
  const envelope = seal(request, systemRandom);
  return {
    seal: ratePerCore(() => seal(request, systemRandom)),
    open: ratePerCore(() => open(parseEnvelope(envelope), server, device)),
  };
}

/** The channel's AES-256-GCM alone, 1 MiB at a time: what `openssl speed` measures, through our wrapper. */
function measureGcm(): { seal: number; open: number } {
  const key = importSecret(systemRandom.bytes(32));
  const nonce = systemRandom.bytes(GCM_NONCE_BYTES);
  const associatedData = systemRandom.bytes(24);
  const plaintext = [new Uint8Array(SIZES["1m"]).fill(0x5a)];
  const sealed = concat(gcmSeal(key, nonce, associatedData, plaintext));
  return {
    seal: ratePerCore(() => gcmSeal(key, nonce, associatedData, plaintext)),
    open: ratePerCore(() => gcmOpen(key, nonce, associatedData, sealed)),
  };
}

/** Both suites at every size; `rounds` times, the medians. `between` runs before each round: the peer's turn. */
export function measureAllSealed(rounds: number, between: () => void): Record<string, number> {
  const found: Record<string, number[]> = {};
  const note = (name: string, value: number): void => {
    found[name] ??= [];
    found[name].push(value);
  };
  for (let round = 0; round < rounds; round++) {
    between();
    for (const [name, suite] of Object.entries(SUITES)) {
      for (const [size, bytes] of Object.entries(SIZES)) {
        const rates = measureSealed(suite, bytes);
        note(`${name} sealed seal ${size}/s`, rates.seal);
        note(`${name} sealed open ${size}/s`, rates.open);
      }
    }
    note("c1 sealed open 256b without wasm/s", measureWithoutWasm());
    const gcm = measureGcm();
    note("aes-256-gcm seal MiB/s", gcm.seal);
    note("aes-256-gcm open MiB/s", gcm.open);
  }
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, median(values)]));
}

/** A process of its own in which tiny-secp256k1 cannot be loaded. */
function measureWithoutWasm(): number {
  const { stdout } = spawnSync(process.execPath, ["--no-warnings", WORKER], { encoding: "utf8" });
  return Number(stdout);
}

/** Single messages of 256 bytes on one core; without wasm OpenSSL multiplies. */
export const SEALED_TARGETS: Readonly<Record<string, string>> = {
  "m1 sealed open 256b/s": ">= 3000",
  "c1 sealed open 256b/s": ">= 1800",
  "c1 sealed open 256b without wasm/s": ">= 600",
};
