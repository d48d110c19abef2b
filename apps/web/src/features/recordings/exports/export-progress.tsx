import type { ErrorCode } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { Tag, type Tone } from "../../../design/tag.tsx";
import { useErrorTexts, useFormat } from "../../../i18n/provider.tsx";
import { ExportActs } from "./export-acts.tsx";

type Taken = cameras.RecordingExport;

const TONES: Record<Taken["state"], Tone> = {
  waiting: "neutral",
  running: "accent",
  done: "ok",
  failed: "danger",
  cancelled: "neutral",
};
const RENEW_MS = 1_000;

export const isUnderWay = ({ state }: Taken): boolean => state === "waiting" || state === "running";

/** How far one is, followed to its end, and what can be done with it. */
export function ExportProgress(props: { first: Taken; onRemoved: () => void }) {
  const t = useTranslations("takeout");
  const format = useFormat();
  const { data = props.first } = useQuery({
    ...query(cameras.getRecordingExport, { params: { id: props.first.id } }),
    refetchInterval: ({ state }) => (state.data === undefined || isUnderWay(state.data) ? RENEW_MS : false),
  });
  const { bytes, form, fromMs, toMs } = data;
  const facts = [format.dateTime(fromMs), format.duration(toMs - fromMs), t(`forms.${form}`)];
  return (
    <div className="stack">
      <p>{[...facts, ...(bytes > 0 ? [format.bytes(bytes)] : [])].join(" · ")}</p>
      <div role="status">
        <ExportState taken={data} />
      </div>
      {isUnderWay(data) && <Progress value={data.progress * 100} aria-hidden="true" />}
      <ExportActs taken={data} onRemoved={props.onRemoved} />
    </div>
  );
}

/** The state of an export, or of a bundle: how far it is, and what is wrong. */
export function ExportState(props: {
  taken: Pick<Taken, "damaged" | "error" | "leftMs" | "progress" | "state">;
}) {
  const t = useTranslations("takeout");
  const format = useFormat();
  const texts = useErrorTexts();
  const { damaged, error, leftMs, progress, state } = props.taken;
  const percent = format.percent(progress, 0);
  const left = leftMs === undefined ? undefined : format.duration(Math.max(1_000, leftMs));
  return (
    <span className="row">
      <Tag tone={TONES[state]}>{t(`state.${state}`)}</Tag>
      {state === "running" && (
        <span className="secondary small num">
          {left === undefined ? t("progress", { percent }) : t("left", { percent, duration: left })}
        </span>
      )}
      {state === "failed" && (
        <span className="secondary small">{texts[(error ?? "export.failed") as ErrorCode]}</span>
      )}
      {damaged > 0 && <span className="warn small">{t("damaged", { count: damaged })}</span>}
    </span>
  );
}
