import { cameras } from "@gatehouse/contract";
import { Button, Progress } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { saveFile } from "../../../data/download.ts";
import { call } from "../../../data/query.ts";
import { useErrorText } from "../../../design/error-text.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import type { Span } from "./export-draft.ts";
import { canEncode, FilmEncoder } from "./film-encoder.ts";
import { picturesOf, segmentsOf } from "./recorded-pictures.ts";

/** What is encoded lies in the page's memory until it is saved. */
const MAX_SPAN_MS = 3_600_000;

type Outcome =
  | { readonly kind: "done"; readonly bytes: number; readonly damaged: number }
  | { readonly kind: "noEncoder" | "video" | "nothing" }
  | { readonly kind: "failed"; readonly error: unknown };

/** Makes the film in this browser and saves it: where the server cannot, and for whoever would rather. */
export function BrowserFilm(props: { cameraId: string; span: Span; speed: number }) {
  const t = useTranslations("takeout");
  const common = useTranslations("common.action");
  const format = useFormat();
  const [ratio, setRatio] = useState<number>();
  const [outcome, setOutcome] = useState<Outcome>();
  const work = useRef<AbortController>(undefined);
  useEffect(() => () => work.current?.abort(), []);
  if (props.span.toMs - props.span.fromMs > MAX_SPAN_MS)
    return <p className="tertiary small">{t("hereLong")}</p>;
  if (!canEncode()) return <p className="tertiary small">{t("noEncoder")}</p>;
  const start = async () => {
    const abort = new AbortController();
    work.current = abort;
    setOutcome(undefined);
    setRatio(0);
    const found = await makeFilm(props, abort.signal, setRatio).catch(
      (error: unknown): Outcome | undefined => (abort.signal.aborted ? undefined : { kind: "failed", error }),
    );
    setRatio(undefined);
    setOutcome(found);
  };
  return (
    <div className="stack">
      {ratio === undefined ? (
        <>
          <span className="row">
            <Button variant="default" onClick={() => void start()}>
              {t("here")}
            </Button>
          </span>
          <p className="tertiary small">{t("hereHint")}</p>
        </>
      ) : (
        <>
          <div className="row row-between">
            <span role="status" className="num">
              {t("hereText", { percent: format.percent(ratio, 0) })}
            </span>
            <Button variant="default" size="compact-sm" onClick={() => work.current?.abort()}>
              {common("cancel")}
            </Button>
          </div>
          <Progress value={ratio * 100} aria-hidden="true" />
        </>
      )}
      {outcome !== undefined && <Told outcome={outcome} />}
    </div>
  );
}

function Told(props: { outcome: Outcome }) {
  const t = useTranslations("takeout");
  const format = useFormat();
  const errorText = useErrorText();
  const { outcome } = props;
  if (outcome.kind === "failed")
    return (
      <p className="danger" role="alert">
        {errorText(outcome.error)}
      </p>
    );
  if (outcome.kind === "done")
    return (
      <p role="status">
        {t("hereDone", { bytes: format.bytes(outcome.bytes) })}
        {outcome.damaged > 0 && <span className="warn"> {t("damaged", { count: outcome.damaged })}</span>}
      </p>
    );
  const texts = { noEncoder: t("noEncoder"), video: t("hereVideo"), nothing: t("nothing") };
  return (
    <p className="warn" role="status">
      {texts[outcome.kind]}
    </p>
  );
}

async function makeFilm(
  { cameraId, span, speed }: { cameraId: string; span: Span; speed: number },
  signal: AbortSignal,
  onRatio: (ratio: number) => void,
): Promise<Outcome> {
  const segments = await segmentsOf(cameraId, span, signal);
  if (segments.some(({ codec }) => codec !== "jpeg")) return { kind: "video" };
  await call(cameras.noteBrowserExport, { body: { cameraId, ...span } }, signal);
  const encoder = new FilmEncoder(speed);
  let damaged = 0;
  try {
    for await (const { bytes, takenMs } of picturesOf(segments, span, signal, () => damaged++)) {
      signal.throwIfAborted();
      if (!(await encoder.add(bytes, takenMs))) return { kind: "noEncoder" };
      onRatio((takenMs - span.fromMs) / (span.toMs - span.fromMs));
    }
    const film = await encoder.finish();
    signal.throwIfAborted();
    if (film === undefined) return { kind: "nothing" };
    const at = new Date(span.fromMs).toISOString().slice(0, 19).replaceAll(":", "-");
    saveFile({ name: `camera-${cameraId.slice(0, 8)}-${at}Z.mp4`, blob: film });
    return { kind: "done", bytes: film.size, damaged };
  } finally {
    encoder.close();
  }
}
