import { type cameras, cases } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Tag, type Tone } from "../../../design/tag.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { useLabelText } from "../../evidence/use-label-text.ts";
import { EventThumb } from "../event-thumb.tsx";
import styles from "../recordings.module.css";
import { EventShape } from "../timeline/event-shape.tsx";

type CameraEvent = cameras.CameraEvent;

const VERDICT_TONES: Record<cameras.Verdict, Tone> = {
  intrusion: "danger",
  not_intrusion: "neutral",
  undecided: "warn",
};

export const nameOf = ({ cameraName: name, cameraLabel: label }: CameraEvent): string =>
  titleOf({ name, label });

/** The picture that shows it best, with a frame around whom it shows. */
export function ClipThumb(props: { event: CameraEvent; width: number; className?: string | undefined }) {
  const { id, bestMs, recorded, detection } = props.event;
  const className = props.className ?? "";
  if (recorded === "none") return <span className={`${styles.thumb} ${className} ${styles.noThumb}`} />;
  return (
    <span className={className}>
      <EventThumb eventId={id} bestMs={bestMs} width={props.width} box={detection?.bestBox} />
    </span>
  );
}

export function KindShape(props: { kind: string }) {
  return (
    <svg width="14" height="14" aria-hidden="true">
      <EventShape kind={props.kind} x={7} y={7} />
    </svg>
  );
}

/** What it is: its kind, how many there were, and what else was found. */
export function WhatText(props: { event: CameraEvent }) {
  const t = useTranslations("recordings.clips");
  const kinds = useTranslations("recordings.timeline.kind");
  const labelText = useLabelText();
  const { kind, detection, zones } = props.event;
  const isPerson = kind === "person" && detection !== undefined;
  const others = (detection?.labels ?? []).filter((label) => !isPerson || label !== "person");
  return (
    <span className="row row-wrap">
      <span className="row">
        <KindShape kind={kind} />
        <span className="strong">
          {isPerson ? t("people", { count: detection.mostAtOnce }) : kinds(kind)}
        </span>
      </span>
      {others.length > 0 && <span>{others.map(labelText).join(", ")}</span>}
      {zones.length > 0 && <span className="secondary">{zones.join(", ")}</span>}
    </span>
  );
}

/** What people decided about it. */
export function Decided(props: { event: CameraEvent }) {
  const t = useTranslations("recordings.clips");
  const { verdict, detection } = props.event;
  return (
    <>
      {detection?.armed === true && <Tag tone="danger">{t("alarm")}</Tag>}
      {verdict !== undefined && (
        <Tag tone={VERDICT_TONES[verdict.verdict]}>{t(`verdictIs.${verdict.verdict}`)}</Tag>
      )}
    </>
  );
}

/** The cases that it was collected in, each the way there. */
export function InCases(props: { event: CameraEvent }) {
  return (props.event.cases ?? []).map(({ id, number, title }) => (
    <Link
      key={id}
      to="/cameras/cases/$caseId"
      params={{ caseId: id }}
      className={styles.caseMark ?? ""}
      title={title}
    >
      <Tag>{cases.caseName(number)}</Tag>
    </Link>
  ));
}
