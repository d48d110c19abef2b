import type { Controls } from "../apps/server/src/platform/controls.ts";
import type { Site } from "./site/site.ts";

export type ControlName = keyof Controls;

/** What a person reads of an attack, in one language. */
export interface AttackText {
  readonly title: string;
  readonly what: string;
  /** In the order of `report.step`. */
  readonly steps: readonly string[];
  /** The control that must stop it. */
  readonly control: string;
  /** How it is decided whether it succeeded. */
  readonly measured: string;
}

export interface Outcome {
  /** The attacker reached the goal that `measured` names, and nothing else: sanity is for `given`. */
  readonly succeeded: boolean;
  /** What was counted, for the page and the table. */
  readonly evidence: Readonly<Record<string, string | number | boolean>>;
}

export interface Attack {
  readonly name: string;
  readonly control: ControlName;
  readonly texts: { readonly en: AttackText; readonly fr: AttackText };
  /** Configuration of the site that the attack needs, by environment name. */
  readonly config?: Readonly<Record<string, string>>;
  run(site: Site, report: Report): Promise<Outcome>;
}

/**
 * What must hold for the outcome to mean anything. When it does not, the site is broken and nothing is said about the
 * control: the run fails, so that no attack counts as successful, nor as stopped, because nothing worked.
 */
export function given(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`the site does not do what the attack builds on: ${what}`);
}

/** Where an attack says what both sides do, as it happens. */
export interface Report {
  /** Begins the step of that index in `AttackText.steps`. */
  step(index: number): void;
  attacker(line: string): void;
  site(line: string): void;
  /** Of long work, 0..1. */
  progress(doneRatio: number): void;
}
