import { cameras } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../../data/now.ts";
import { query, type useCall } from "../../../data/query.ts";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { Segmented } from "../../../design/segmented.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { BrowserFilm } from "./browser-film.tsx";
import { EXPORT_SPEEDS, type ExportDraft, type ExportedCamera, type Span, spanOf } from "./export-draft.ts";
import { SpanFields } from "./span-fields.tsx";

/** What is taken out, and as what. */
export function ExportForm(props: {
  cameras: readonly ExportedCamera[];
  span: Span;
  form: cameras.ExportForm;
  create: ReturnType<typeof useCall<typeof cameras.createRecordingExport>>;
}) {
  const t = useTranslations("takeout");
  const errorText = useErrorText();
  const nowMs = useNow();
  const { create } = props;
  const [draft, setDraft] = useState<ExportDraft>(() => ({
    ...{ cameraId: props.cameras[0]?.id ?? "", ...props.span },
    ...{ form: props.form, speed: 1 },
  }));
  const change = (part: Partial<ExportDraft>) => setDraft({ ...draft, ...part });
  const span = spanOf(draft, nowMs);
  const estimate = useEstimate(draft.cameraId, span);
  const isFilm = draft.form === "mp4";
  const cannot = isFilm && estimate?.canMakeFilm === false;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { cameraId, form, speed } = draft;
    if (span !== undefined)
      create.mutate({ body: { cameraId, ...span, form, ...(isFilm ? { speed } : {}) } });
  };
  return (
    <form className="stack" onSubmit={submit}>
      {props.cameras.length > 1 && (
        <NativeSelect
          label={t("camera")}
          value={draft.cameraId}
          onChange={(event) => change({ cameraId: event.currentTarget.value })}
          data={props.cameras.map(({ id, title }) => ({ value: id, label: title }))}
        />
      )}
      <SpanFields draft={draft} onChange={change} nowMs={nowMs} />
      <FormChoice draft={draft} onChange={change} />
      <Estimate estimate={isFilm ? estimate : estimate?.whole} />
      {cannot && <p className="warn">{t("noFfmpeg")}</p>}
      <p className="tertiary small">{t("text")}</p>
      {isFilm && span !== undefined && (
        <BrowserFilm
          key={`${draft.cameraId} ${span.fromMs} ${span.toMs} ${draft.speed}`}
          cameraId={draft.cameraId}
          span={span}
          speed={draft.speed}
        />
      )}
      <DialogFoot sticky {...(create.error === null ? {} : { error: errorText(create.error) })}>
        <Button
          type="submit"
          disabled={span === undefined || cannot || estimate?.frames === 0}
          loading={create.isPending}
        >
          {t("make")}
        </Button>
      </DialogFoot>
    </form>
  );
}

function FormChoice(props: { draft: ExportDraft; onChange: (change: Partial<ExportDraft>) => void }) {
  const t = useTranslations("takeout");
  const { draft, onChange } = props;
  const isFilm = draft.form === "mp4";
  return (
    <>
      <Segmented
        size="sm"
        label={t("form")}
        value={draft.form}
        options={cameras.EXPORT_FORMS.map((form) => ({ value: form, label: t(`forms.${form}`) }))}
        onChange={(form) => onChange({ form })}
      />
      <p className="secondary">{t(isFilm ? "mp4Text" : "framesText")}</p>
      {isFilm && (
        <NativeSelect
          label={t("speed")}
          value={String(draft.speed)}
          onChange={(event) => onChange({ speed: Number(event.currentTarget.value) })}
          data={EXPORT_SPEEDS.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
        />
      )}
    </>
  );
}

/** What the span holds; undefined until it is known. */
function useEstimate(cameraId: string, span: Span | undefined) {
  const { data } = useQuery({
    ...query(cameras.estimateRecordingExport, { body: { cameraId, ...(span ?? { fromMs: 0, toMs: 1 }) } }),
    enabled: span !== undefined,
  });
  return span === undefined ? undefined : data;
}

function Estimate(props: { estimate: { frames: number; bytes: number } | undefined }) {
  const t = useTranslations("takeout");
  const format = useFormat();
  if (props.estimate === undefined) return null;
  const { frames, bytes } = props.estimate;
  return (
    <p role="status">{frames === 0 ? t("nothing") : t("estimate", { frames, bytes: format.bytes(bytes) })}</p>
  );
}
