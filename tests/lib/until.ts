import { setTimeout as sleep } from "node:timers/promises";
import { PATIENCE } from "./patience.ts";

const ASK_EVERY_MS = 100;
const TRIES = 1_200;

/** What there is at last, asked for again and again; given up after two minutes where nothing slows the programs. */
export async function until<T>(what: string, find: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < TRIES * PATIENCE; tries++) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error(`waited in vain: ${what}`);
}
