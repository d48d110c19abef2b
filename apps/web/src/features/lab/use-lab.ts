import { lab } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useLocale } from "use-intl";
import { query } from "../../data/query.ts";

const WHILE_RUNNING_MS = 700;
const OTHERWISE_MS = 15_000;

export type AttackText = lab.LabAttack["texts"]["en"];

/** What one attack has come to in a run. */
export type Stage = "waiting" | "running" | "stopped" | "notStopped" | "noEffect" | "passed";

/** Attacks and runs; read often while one is under way. */
export function useLab() {
  const attacks = useQuery({ ...query(lab.listAttacks, {}), staleTime: Number.POSITIVE_INFINITY });
  const runs = useQuery({
    ...query(lab.listLabRuns, {}),
    refetchInterval: ({ state }) =>
      state.data?.items.some((run) => run.state === "running") ? WHILE_RUNNING_MS : OTHERWISE_MS,
  });
  return { attacks, runs };
}

/** One run with what both sides said; followed until it ends. */
export function useLabRun(id: string | undefined) {
  return useQuery({
    ...query(lab.getLabRun, { params: { id: id ?? "" } }),
    enabled: id !== undefined,
    placeholderData: (before) => (before?.run.id === id ? before : undefined),
    refetchInterval: ({ state }) => (state.data?.run.state === "running" ? WHILE_RUNNING_MS : false),
  });
}

export function useAttackText(): (attack: lab.LabAttack) => AttackText {
  const locale = useLocale();
  return ({ texts }) => (locale === "fr" ? texts.fr : texts.en);
}

/** The controls of these attacks, each once, in their order. */
export const controlsOf = (attacks: readonly lab.LabAttack[]): string[] => [
  ...new Set(attacks.map(({ control }) => control)),
];

/** Attacks that got through in a run when one of these controls was off: what they hold back. */
export const throughWithout = (
  attacks: readonly lab.LabAttack[],
  run: lab.LabRun | undefined,
  off: ReadonlySet<string>,
): lab.LabAttack[] =>
  attacks.filter(({ name, control }) => {
    const entry = run?.entries.find(({ attack }) => attack === name);
    return off.has(control) && entry?.withoutControl?.succeeded === true;
  });

export function stageOf(entry: lab.LabEntry | undefined, isNow: boolean): Stage {
  if (isNow) return "running";
  const { withControl, withoutControl } = entry ?? {};
  if (withControl === undefined) return "waiting";
  if (withControl.succeeded) return "notStopped";
  if (withoutControl === undefined) return "stopped";
  return withoutControl.succeeded ? "passed" : "noEffect";
}
