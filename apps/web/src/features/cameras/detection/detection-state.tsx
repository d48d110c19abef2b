import type { cameras } from "@gatehouse/contract";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { ApiError } from "../../../data/api-error.ts";
import { useErrorText } from "../../../design/error-text.ts";
import { useFormat } from "../../../i18n/provider.tsx";

type View = cameras.DetectionView;

/** What the detector found just now, and how it is getting on; or why it does not look. */
export function DetectionState(props: { view: UseQueryResult<View, ApiError> }) {
  const errorText = useErrorText();
  const { data, error } = props.view;
  if (error !== null) return <p className="secondary small">{errorText(error)}</p>;
  return data === undefined ? null : <Words view={data} />;
}

function Words(props: { view: View }) {
  const t = useTranslations("detection.view");
  const format = useFormat();
  const { state, boxes, instead, model, lookMs, looksPerSecond, problem } = props.view;
  const found = boxes.map(({ label, score }) => `${label} ${format.percent(score, 0)}`).join(", ");
  const pace = { ms: String(Math.round(lookMs)), looks: format.number(looksPerSecond, 1) };
  return (
    <div className="stack stack-tight small">
      <p className={state === "failed" ? "danger" : ""}>
        {t(`state.${state}`)}
        {problem !== undefined && ` (${problem})`}
      </p>
      {instead !== undefined && (
        <p className={instead.why === "coming" || instead.why === "elsewhere" ? "" : "warn"}>
          {t(`instead.${instead.why}`, { wanted: instead.wanted, share: format.percent(instead.share, 0) })}
        </p>
      )}
      {found !== "" && <p>{found}</p>}
      {model !== "" && <p className="tertiary tiny num">{t("pace", { model, ...pace })}</p>}
    </div>
  );
}
