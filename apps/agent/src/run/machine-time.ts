import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import type { Random } from "@gatehouse/base";
import type { MachineTime } from "./time-keeper.ts";

/** The kernel's. Where it tells no boot id, every start of the agent counts as a boot of its own. */
export function machineTime(root: string, random: Random): MachineTime {
  let bootId: string;
  try {
    bootId = readFileSync(join(root, "proc/sys/kernel/random/boot_id"), "utf8").trim().slice(0, 36);
  } catch {
    bootId = Buffer.from(random.bytes(8)).toString("hex");
  }
  return { bootId, uptimeMs: () => Math.round(uptime() * 1000) };
}
