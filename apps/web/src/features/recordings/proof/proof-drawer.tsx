import type { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { saveFile } from "../../../data/download.ts";
import { CopyButton } from "../../../design/copy-button.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { Segmented } from "../../../design/segmented.tsx";
import { SideDrawer } from "../../../design/side-drawer.tsx";
import { Tag, type Tone } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import type { CheckState } from "../../audit/entry-checks.ts";
import { titleOf } from "../../cameras/camera-title.ts";
import { OffsiteMark } from "../offsite/offsite-mark.tsx";
import { useOffsiteStates } from "../offsite/use-offsite-states.ts";
import type { Segment } from "../player/chunks.ts";
import type { Player } from "../player/use-player.ts";
import styles from "./proof.module.css";
import { RootNote } from "./root-note.tsx";
import { SealMark } from "./seal-mark.tsx";
import { SEGMENT_CHECKS, verdictOf } from "./segment-checks.ts";
import { type CheckedSegment, useSegmentReport } from "./use-segment-report.ts";

const TONES: Record<CheckState, Tone> = { proven: "ok", failed: "danger", absent: "neutral" };

/** What vouches for the recording that is shown: computed in this browser, step by step. */
export function ProofDrawer(props: {
  cameras: readonly cameras.Camera[];
  cameraId: string;
  onCamera: (cameraId: string) => void;
  player: Player;
  onClose: () => void;
}) {
  const t = useTranslations("recordings.proof");
  const { cameraId, player } = props;
  /** What is shown while the drawer is open stays the one that was shown when it was asked for. */
  const [atMs] = useState(() => player.playhead.state.atMs);
  const found = useQuery({
    queryKey: ["shown-segment", cameraId, atMs],
    queryFn: async () => (await player.library.reelOf(cameraId).segments.find(atMs)) ?? null,
  });
  return (
    <SideDrawer title={t("title")} size={520} onClose={props.onClose}>
      <div className="stack">
        {props.cameras.length > 1 && (
          <Segmented
            label={t("camera")}
            value={cameraId}
            options={props.cameras.map((camera) => ({ value: camera.id, label: titleOf(camera) }))}
            onChange={props.onCamera}
          />
        )}
        <QueryView
          query={found}
          what={t("reading")}
          isEmpty={(segment) => segment === null}
          empty={<EmptyState title={t("nothing")}>{t("nothingText")}</EmptyState>}
        >
          {(segment) => segment !== null && <SegmentProof segment={segment} />}
        </QueryView>
      </div>
    </SideDrawer>
  );
}

function SegmentProof(props: { segment: Segment }) {
  const t = useTranslations("recordings.proof");
  const { segment } = props;
  const report = useSegmentReport(segment);
  if (segment.state === "open") return <Verdict state="unknown" title={t("open")} text={t("openText")} />;
  return (
    <QueryView query={report} what={t("checking")}>
      {(checked) => (
        <>
          <SegmentVerdict segment={segment} checked={checked} />
          <Checks checked={checked} />
          {checked.fingerprint !== undefined && <RootNote fingerprint={checked.fingerprint} />}
          <Facts segment={segment} checked={checked} />
        </>
      )}
    </QueryView>
  );
}

function SegmentVerdict(props: { segment: Segment; checked: CheckedSegment }) {
  const t = useTranslations("recordings.proof");
  const seals = useTranslations("recordings.seal");
  const { segment, checked } = props;
  const verdict = verdictOf(checked.checks);
  if (segment.state === "unsigned" && verdict === "unknown")
    return <Verdict state="unknown" title={t("unsigned")} text={t("unsignedText")} />;
  return <Verdict state={verdict} title={seals(verdict)} text={t(`verdict.${verdict}`)} />;
}

function Verdict(props: {
  state: "verified" | "sealed" | "unknown" | "tampered";
  title: string;
  text: string;
}) {
  return (
    <div className={`${styles.verdict} ${styles[props.state]}`} role="status">
      <SealMark state={props.state} size={34} />
      <div>
        <p className={styles.verdictTitle}>{props.title}</p>
        <p className="secondary small">{props.text}</p>
      </div>
    </div>
  );
}

function Checks(props: { checked: CheckedSegment }) {
  const t = useTranslations("recordings.proof");
  const { checks, mayReadLog } = props.checked;
  return (
    <ul className={styles.checks}>
      {SEGMENT_CHECKS.map((check) => (
        <li key={check} className="row row-between">
          <span>{t(`check.${check}`)}</span>
          <Tag tone={TONES[checks[check]]}>{t(`state.${checks[check]}`)}</Tag>
        </li>
      ))}
      {!mayReadLog && <li className="tertiary small">{t("noLog")}</li>}
    </ul>
  );
}

function Facts(props: { segment: Segment; checked: CheckedSegment }) {
  const t = useTranslations("recordings.proof");
  const format = useFormat();
  const { segment, checked } = props;
  const { manifestText, entryId } = checked;
  const save = () =>
    saveFile({
      name: `${segment.id}.manifest.txt`,
      blob: new Blob([manifestText ?? ""], { type: "text/plain" }),
    });
  return (
    <>
      <dl className="facts">
        <dt>{t("from")}</dt>
        <dd>{format.dateTime(segment.firstMs)}</dd>
        <dt>{t("to")}</dt>
        <dd>{format.dateTime(segment.lastMs)}</dd>
        <dt>{t("frames")}</dt>
        <dd>{t("framesText", { count: segment.frames, bytes: format.bytes(segment.bytes) })}</dd>
        <dt>{t("id")}</dt>
        <dd className="mono small">{segment.id}</dd>
        <Offsite segment={segment} />
        {checked.framesRoot !== undefined && (
          <>
            <dt>{t("root")}</dt>
            <dd className="mono small anywhere">{checked.framesRoot}</dd>
          </>
        )}
        {checked.manifestSha256 !== undefined && (
          <>
            <dt>{t("manifestHash")}</dt>
            <dd className="mono small anywhere">{checked.manifestSha256}</dd>
          </>
        )}
        {entryId !== undefined && (
          <>
            <dt>{t("entry")}</dt>
            <dd>
              <Link className="link" to="/audit/$entryId" params={{ entryId }}>
                {t("openEntry")}
              </Link>
            </dd>
          </>
        )}
      </dl>
      {manifestText !== undefined && (
        <>
          <div className="row row-between">
            <span className="strong">{t("manifest")}</span>
            <span className="row">
              <CopyButton text={manifestText} />
              <Button
                variant="default"
                leftSection={<IconDownload size={14} aria-hidden="true" />}
                onClick={save}
              >
                {t("save")}
              </Button>
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <pre className={styles.code} tabIndex={0}>
            {manifestText}
          </pre>
        </>
      )}
    </>
  );
}

/** Whether there is a copy of it elsewhere. */
function Offsite({ segment: { cameraId, firstMs, lastMs } }: { segment: Segment }) {
  const t = useTranslations("offsite.state");
  // A moment in its middle, which no other segment of the camera has.
  const atMs = Math.round((firstMs + lastMs) / 2);
  const [copies] = useOffsiteStates([{ cameraId, fromMs: atMs, toMs: atMs }]);
  return (
    <>
      <dt>{t("title")}</dt>
      <dd>{copies === undefined || copies.state === "none" ? t("none") : <OffsiteMark copies={copies} />}</dd>
    </>
  );
}
