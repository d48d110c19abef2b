import { cameras } from "@gatehouse/contract";
import { useTranslations } from "use-intl";

const isKnown = (problem: string): problem is cameras.SourceProblem =>
  (cameras.SOURCE_PROBLEMS as readonly string[]).includes(problem);

/** Why a source delivers nothing, and what can be done; what a newer server says, as it stands. */
export function SourceProblem(props: { problem: string; detail?: string | undefined }) {
  const t = useTranslations("cameraSources");
  const { problem, detail } = props;
  return (
    <>
      {isKnown(problem) ? t(`problem.${problem}`) : problem}
      {detail !== undefined && <span className="secondary"> {t("said", { detail })}</span>}
    </>
  );
}
