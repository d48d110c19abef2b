import type { Attack, ControlName, Outcome, Report } from "./attack.ts";
import { LabSite } from "./site/site.ts";

/** One attack against a site with every control on, or with the attack's own control off. */
export interface Verdict extends Outcome {
  readonly tookMs: number;
}

export interface Result {
  readonly attack: string;
  readonly control: ControlName;
  readonly withControl: Verdict;
  readonly withoutControl: Verdict;
  /** Stopped with the control, and real: it succeeds without. */
  readonly passed: boolean;
}

/** What happens during a run, in order; what the console shows and keeps. */
export type LabEvent = { readonly atMs: number } & (
  | { readonly kind: "started"; readonly attack: string; readonly control: boolean }
  | { readonly kind: "step"; readonly index: number }
  | { readonly kind: "line"; readonly side: "attacker" | "site" | "lab"; readonly text: string }
  | { readonly kind: "progress"; readonly doneRatio: number }
  | ({ readonly kind: "ended"; readonly attack: string; readonly control: boolean } & Verdict)
);

type Said = LabEvent extends infer E ? (E extends LabEvent ? Omit<E, "atMs"> : never) : never;

export interface RunOptions {
  /** Short counts. */
  readonly isQuick: boolean;
  readonly say: (event: LabEvent) => void;
  readonly nowMs: () => number;
  /** Ends the run: the site first, with its folder. */
  readonly stopped: AbortSignal;
}

/** Longest time of one attack against one site; then the site is ended and the run fails. */
const ATTACK_WITHIN_MS = { quick: 60_000, full: 20 * 60_000 };
const PROGRESS_STEP = 0.01;

/** Runs the attacks both ways, one at a time; everything that was made is gone when it resolves. */
export async function runAttacks(attacks: readonly Attack[], options: RunOptions): Promise<Result[]> {
  const stopped = new Promise<never>((_, reject) => {
    options.stopped.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
  });
  stopped.catch(() => {});
  const site = await LabSite.make(options.isQuick);
  try {
    options.stopped.throwIfAborted();
    return await Promise.race([stopped, runOn(site, attacks, options)]);
  } finally {
    await site.end();
  }
}

async function runOn(site: LabSite, attacks: readonly Attack[], options: RunOptions): Promise<Result[]> {
  const withControl = new Map<string, Verdict>();
  for (const attack of attacks) withControl.set(attack.name, await attempt(site, attack, true, options));
  const results: Result[] = [];
  for (const attack of attacks) {
    const on = withControl.get(attack.name) as Verdict;
    const off = await attempt(site, attack, false, options);
    const { name, control } = attack;
    const passed = !on.succeeded && off.succeeded;
    results.push({ attack: name, control, withControl: on, withoutControl: off, passed });
  }
  return results;
}

async function attempt(
  site: LabSite,
  attack: Attack,
  control: boolean,
  options: RunOptions,
): Promise<Verdict> {
  const { nowMs } = options;
  const say = (event: Said): void => options.say({ ...event, atMs: nowMs() } as LabEvent);
  await site.startWith(control ? undefined : attack.control, attack.config);
  say({ kind: "started", attack: attack.name, control });
  const startedMs = performance.now();
  const outcome = await withinTime(attack.run(site, reportTo(say)), options.isQuick).catch((cause: Error) => {
    throw new Error(`${attack.name}, ${control ? "every control on" : "its control off"}: ${cause.message}`, {
      cause,
    });
  });
  const verdict = { ...outcome, tookMs: Math.round(performance.now() - startedMs) };
  say({ kind: "ended", attack: attack.name, control, ...verdict });
  return verdict;
}

function reportTo(say: (event: Said) => void): Report {
  let told = 0;
  return {
    step(index) {
      told = 0;
      say({ kind: "step", index });
    },
    attacker: (text) => say({ kind: "line", side: "attacker", text }),
    site: (text) => say({ kind: "line", side: "site", text }),
    progress(doneRatio) {
      if (doneRatio - told < PROGRESS_STEP) return;
      told = doneRatio;
      say({ kind: "progress", doneRatio: Math.min(1, doneRatio) });
    },
  };
}

function withinTime<T>(work: Promise<T>, isQuick: boolean): Promise<T> {
  const withinMs = isQuick ? ATTACK_WITHIN_MS.quick : ATTACK_WITHIN_MS.full;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the attack took longer than ${withinMs} ms`)), withinMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
