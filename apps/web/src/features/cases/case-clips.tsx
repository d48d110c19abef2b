import type { cases } from "@gatehouse/contract";
import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { Tag, type Tone } from "../../design/tag.tsx";
import { PlaceTime, useFormat } from "../../i18n/provider.tsx";
import { titleOf } from "../cameras/camera-title.ts";
import { EventThumb } from "../recordings/event-thumb.tsx";
import { FrameThumb } from "../recordings/frame-thumb.tsx";
import { playbackSearch } from "../recordings/playback-search.ts";
import { type Library, useLibrary } from "../recordings/player/library.ts";
import styles from "./cases.module.css";
import { useTakingOut } from "./use-items.tsx";

type Shown = Extract<cases.CaseClip, { hidden: false }>;

const TONES: Record<NonNullable<Shown["verdict"]>["verdict"], Tone> = {
  intrusion: "danger",
  not_intrusion: "ok",
  undecided: "warn",
};
/** Of a picture, in pixels. */
const WIDTH = 112;
/** The player shows at least this much around a clip. */
const AROUND_MS = 600_000;

/** What cameras showed, each with the verdict about it. */
export function CaseClips(props: { caseId: string; items: readonly cases.CaseItem[]; mayWrite: boolean }) {
  const t = useTranslations("cases.clips");
  const { items, mayWrite } = props;
  const library = useLibrary();
  return (
    <Panel title={t("title")} flush>
      {items.length === 0 && mayWrite && (
        <EmptyState title={t("none")} action={<ButtonLink to="/cameras/clips">{t("openClips")}</ButtonLink>}>
          {t("noneText")}
        </EmptyState>
      )}
      {items.length === 0 && !mayWrite && <EmptyState title={t("none")} />}
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map(({ id, clip }) => (
            <li key={id} className={styles.entry}>
              {clip === undefined || clip.hidden ? (
                <Hidden />
              ) : (
                <PlaceTime timeZone={clip.timeZone}>
                  <Clip {...props} itemId={id} clip={clip} library={library} />
                </PlaceTime>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Hidden() {
  const t = useTranslations("cases.clips");
  return (
    <>
      <span className={styles.none} />
      <span className={styles.what}>
        <span className="strong">{t("hidden")}</span>
        <span className="secondary small">{t("hiddenText")}</span>
      </span>
    </>
  );
}

function Clip(props: { caseId: string; itemId: string; clip: Shown; library: Library; mayWrite: boolean }) {
  const t = useTranslations("cases");
  const kinds = useTranslations("recordings.timeline.kind");
  const format = useFormat();
  const { takeOut, isPending } = useTakingOut(props.caseId);
  const { clip, itemId } = props;
  const { cameraName: name, cameraLabel: label, erasedMs, eventId, fromMs, kind, recorded, toMs } = clip;
  const camera = name === "" ? t("clips.goneCamera") : titleOf({ name, label });
  const long = toMs === undefined ? t("clips.goesOn") : format.duration(toMs - fromMs);
  const what = kind === undefined ? t("clips.span") : kinds(kind);
  return (
    <>
      <Picture clip={clip} library={props.library} />
      <span className={styles.what}>
        <ClipLink clip={clip} label={t("clips.show", { camera })}>
          {camera}
        </ClipLink>
        <span className="secondary small">
          {format.dateTime(fromMs)} · {long} · {what}
        </span>
        <span className={styles.wrapping}>
          {clip.verdict !== undefined && (
            <Tag tone={TONES[clip.verdict.verdict]}>{t(`clips.verdict.${clip.verdict.verdict}`)}</Tag>
          )}
          {clip.verdict === undefined && eventId !== undefined && (
            <span className="tertiary tiny">{t("clips.noVerdict")}</span>
          )}
          {recorded !== "all" && <Tag tone="warn">{t(`clips.recorded.${recorded}`)}</Tag>}
          {erasedMs !== undefined && (
            <Tag tone="danger">{t("clips.erased", { time: format.dateMinute(erasedMs) })}</Tag>
          )}
        </span>
      </span>
      {props.mayWrite && (
        <ActionIcon
          aria-label={t("removeOne", { what: `${camera}, ${format.dateTime(fromMs)}` })}
          loading={isPending}
          onClick={() => takeOut(itemId)}
        >
          <IconX size={15} />
        </ActionIcon>
      )}
    </>
  );
}

/** What shows the event best; the middle of a chosen span. */
function Picture(props: { clip: Shown; library: Library }) {
  const { bestMs, cameraId, detection, eventId, fromMs, recorded, toMs = fromMs } = props.clip;
  if (recorded === "none") return <span className={styles.none} />;
  return (
    <span className={styles.thumb}>
      {eventId === undefined ? (
        <FrameThumb
          reel={props.library.reelOf(cameraId)}
          atMs={Math.floor((fromMs + toMs) / 2)}
          width={WIDTH}
        />
      ) : (
        <EventThumb eventId={eventId} bestMs={bestMs} width={WIDTH} box={detection?.bestBox} />
      )}
    </span>
  );
}

/** To the clip as it was proven; a chosen span to the player. */
function ClipLink(props: { clip: Shown; label: string; children: string }) {
  const { cameraId, eventId, fromMs } = props.clip;
  const shared = { className: "link strong", "aria-label": props.label };
  if (eventId !== undefined)
    return (
      <Link to="/clips/$eventId" params={{ eventId }} {...shared}>
        {props.children}
      </Link>
    );
  return (
    <Link to="/cameras/playback" search={playbackSearch([cameraId], fromMs, 2 * AROUND_MS)} {...shared}>
      {props.children}
    </Link>
  );
}
