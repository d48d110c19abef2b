import { cameras } from "@gatehouse/contract";
import { Slider } from "@mantine/core";
import { useEffect, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./detectors.module.css";
import { DropZone } from "./drop-zone.tsx";
import { FoundBoxes } from "./found-boxes.tsx";

type Tried = Awaited<ReturnType<typeof lookAt>>;

const USUAL_SCORE = 0.45;

async function lookAt(id: cameras.Detector["id"], file: File) {
  const body = new Uint8Array(await file.arrayBuffer());
  return { found: await call(cameras.tryDetector, { params: { id }, body }), url: URL.createObjectURL(file) };
}

/** One picture from this machine, and what the detector finds in it. The picture is not kept. */
export function TryPanel(props: { detector: cameras.Detector }) {
  const t = useTranslations("detectors.try");
  const errorText = useErrorText();
  const [tried, setTried] = useState<Tried>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => () => URL.revokeObjectURL(tried?.url ?? ""), [tried]);
  const look = async ([file]: readonly File[]) => {
    if (file === undefined) return;
    setIsBusy(true);
    setError(undefined);
    try {
      setTried(await lookAt(props.detector.id, file));
    } catch (failed) {
      setError(failed);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <section className="stack" aria-label={t("title")}>
      <h3 className="strong">{t("title")}</h3>
      <p className="secondary small">{t(props.detector.remote === undefined ? "text" : "textRemote")}</p>
      <DropZone
        text={isBusy ? t("looking") : t("drop")}
        button={t("choose")}
        accept="image/jpeg,image/png"
        disabled={isBusy}
        onFiles={(files) => void look(files)}
      />
      {error !== undefined && (
        <p role="alert" className="danger small">
          {errorText(error)}
        </p>
      )}
      {tried !== undefined && error === undefined && <Outcome tried={tried} />}
    </section>
  );
}

function Outcome(props: { tried: Tried }) {
  const t = useTranslations("detectors.try");
  const format = useFormat();
  const scoreId = useId();
  const [least, setLeast] = useState(USUAL_SCORE);
  const { found, url } = props.tried;
  const shown = found.boxes.filter(({ score }) => score >= least);
  return (
    <div className="stack stack-tight">
      <div className={styles.tried}>
        <img src={url} alt={t("picture")} />
        <FoundBoxes boxes={shown} />
      </div>
      <div>
        <span id={scoreId} className="small">
          {t("score")} <span className="num strong">{format.percent(least, 0)}</span>
        </span>
        <Slider
          thumbProps={{ "aria-labelledby": scoreId }}
          label={null}
          min={0.1}
          max={0.95}
          step={0.05}
          value={least}
          onChange={setLeast}
        />
      </div>
      <p className="small" role="status">
        {t("found", { count: shown.length, ms: String(Math.round(found.lookMs)) })}
      </p>
      <ul className={`${styles.found} secondary small`}>
        {shown.map(({ label, score, x, y }) => (
          <li key={`${label} ${score} ${x} ${y}`}>
            {label} <span className="num">{format.percent(score, 0)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
