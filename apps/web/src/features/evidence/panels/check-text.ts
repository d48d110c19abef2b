import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";
import type { Check, CheckedClip } from "../check/model.ts";
import { judge } from "../judgement.ts";

export interface CheckText {
  readonly title: string;
  readonly text: string;
  /** Short, as a machine made it. */
  readonly fact: string;
}

/** What one check found, in words. */
export function useCheckText(): (check: Check, clip: CheckedClip) => CheckText {
  const t = useTranslations("evidence.check");
  const problems = useTranslations("evidence.problem");
  const format = useFormat();
  return (check, clip) => {
    const { id, state } = check;
    const { changed } = judge(clip);
    const count = clip.segments.length;
    const signed = clip.segments.filter((segment) => segment.state !== "unsigned").length;
    // Each text takes some of these.
    const values = {
      ...{ count, signed, changed: changed.length },
      number: String(changed[0]?.number ?? 0),
      entry: format.number(clip.logIndex ?? 0),
      path: Number(fieldOf(check, "pathLength") ?? 0),
      witnesses: check.proof.filter(({ name }) => name === "witness").length,
    };
    const found = check.problems.map((problem) =>
      problems.has(problem as "gap") ? problems(problem as "gap") : problem,
    );
    return {
      title: t(`${id}.${state}`, values as never),
      text:
        [...found, ...(state === "passed" ? [t(`${id}.text`, values as never)] : [])].join(" ") ||
        t(`${id}.missing`),
      fact: factOf(check, clip),
    };
  };
}

export const fieldOf = ({ proof }: Check, name: string): string | undefined =>
  proof.find((field) => field.name === name)?.value;

function factOf(check: Check, { segments }: CheckedClip): string {
  switch (check.id) {
    case "opened":
      return fieldOf(check, "algorithm")?.split(" / ")[0]?.split(",")[0] ?? "";
    case "complete":
      return `${segments.filter(({ state }) => state === "genuine").length} / ${segments.length}`;
    case "signed":
      return `Ed25519 ${shortened(fieldOf(check, "signer")?.split("/").at(-1) ?? "")}`.trim();
    case "time":
      return fieldOf(check, "recorded")?.slice(0, 24) ?? "";
    case "logged":
      return shortened(fieldOf(check, "leaf") ?? "");
  }
}

const shortened = (hash: string): string =>
  hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash;
