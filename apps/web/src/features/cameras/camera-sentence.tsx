import { cameras } from "@gatehouse/contract";
import { Fragment } from "react";
import { useTranslations } from "use-intl";
import { StatusLink } from "../../design/status-sentence.tsx";

type Camera = cameras.Camera;

const TONES = { live: "plain", flooding: "warn", silent: "warn", never: "plain", off: "plain" } as const;

/** "6 cameras: 5 live, 1 silent. 4 of them record now." A part that is about one camera leads to it. */
export function CameraSentence(props: { items: readonly Camera[]; total: number }) {
  const t = useTranslations("cameras.sentence");
  const { items, total } = props;
  if (items.length === 0) return <>{t("total", { count: total })}.</>;
  const parts = cameras.CAMERA_STATES.map(
    (state) => [state, items.filter((one) => one.state === state)] as const,
  );
  const recording = items.filter((one) => one.recording).length;
  return (
    <>
      {items.length < total
        ? t("shown", { shown: String(items.length), count: total })
        : t("total", { count: total })}
      {parts
        .filter(([, those]) => those.length > 0)
        .map(([state, those], n) => (
          <Fragment key={state}>
            {n === 0 ? t("colon") : ", "}
            <Part state={state} those={those} />
          </Fragment>
        ))}
      . {t(recording === items.length ? "allRecord" : "recording", { count: recording })}
    </>
  );
}

function Part(props: { state: cameras.CameraState; those: readonly Camera[] }) {
  const t = useTranslations("cameras.sentence");
  const { state, those } = props;
  const text = t(state, { count: those.length });
  const [only] = those;
  if (those.length === 1 && only !== undefined && state !== "live")
    return (
      <StatusLink
        to="/cameras/$cameraId/{-$tab}"
        params={{ cameraId: only.id, tab: undefined }}
        tone={TONES[state]}
      >
        {text}
      </StatusLink>
    );
  return <span className={TONES[state] === "warn" ? "warn" : ""}>{text}</span>;
}
