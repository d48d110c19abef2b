import { IconArchiveOff, IconDeviceCctvOff, IconExternalLink, IconVideo } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorState } from "../../design/error-state.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { isOnlyTold } from "./clip-sentence.tsx";
import type { ClipParts } from "./clip-view.tsx";
import styles from "./evidence.module.css";
import { FetchClip } from "./fetch-clip.tsx";

/** In place of the player: why there is nothing to play, and what can be done about it. */
export function Absent(props: ClipParts) {
  return (
    <section className={styles.absent}>
      <Why {...props} />
    </section>
  );
}

function Why({ camera, clip, event }: ClipParts) {
  const t = useTranslations("evidence.absent");
  if (event.handedOver !== undefined && isOnlyTold(event, clip.clip))
    return <HandedOver handedOver={event.handedOver} />;
  if (event.keptAtCamera && event.recorded === "none")
    return (
      <EmptyState
        icon={<IconDeviceCctvOff size={22} stroke={1.6} />}
        title={t("atCamera")}
        action={<FetchClip event={event} onFetched={clip.again} />}
      >
        {t("atCameraText")}
      </EmptyState>
    );
  if (clip.error !== undefined)
    return <ErrorState error={clip.error} title={t("unchecked")} onRetry={clip.again} />;
  if (clip.clip === undefined) return <Progress clip={clip} />;
  if (event.endMs === undefined)
    return (
      <EmptyState
        icon={<IconVideo size={22} stroke={1.6} />}
        title={t("goesOn")}
        action={
          camera !== undefined && (
            <ButtonLink
              to="/cameras/$cameraId/{-$tab}"
              params={{ cameraId: camera.id, tab: undefined }}
              variant="default"
            >
              {t("live")}
            </ButtonLink>
          )
        }
      >
        {t("goesOnText")}
      </EmptyState>
    );
  return (
    <EmptyState icon={<IconArchiveOff size={22} stroke={1.6} />} title={t("nothing")}>
      {t("nothingText")}
    </EmptyState>
  );
}

type HandedOverClip = NonNullable<ClipParts["event"]["handedOver"]>;

function HandedOver(props: { handedOver: HandedOverClip }) {
  const t = useTranslations("evidence.absent");
  const { clip, source } = props.handedOver;
  return (
    <EmptyState
      icon={<IconExternalLink size={22} stroke={1.6} />}
      title={t("handedOver", { source: source === "" ? t("otherProgram") : source })}
    >
      {t("handedOverText")}
      <br />
      <ToldClip address={clip} />
    </EmptyState>
  );
}

/** Below what is recorded here: who said so, and where its own clip is. */
export function ToldBy(props: { handedOver: HandedOverClip }) {
  const t = useTranslations("evidence.absent");
  const { clip, source } = props.handedOver;
  return (
    <p className={styles.told}>
      {t("handedOver", { source: source === "" ? t("otherProgram") : source })}
      {clip !== "" && " · "}
      <ToldClip address={clip} />
    </p>
  );
}

function ToldClip({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) return <span className="mono small anywhere">{address}</span>;
  return (
    <a className="link anywhere" href={address} target="_blank" rel="noreferrer noopener">
      {address}
    </a>
  );
}

function Progress(props: Pick<ClipParts, "clip">) {
  const t = useTranslations("evidence.absent");
  const format = useFormat();
  const { progress } = props.clip;
  const { loadedBytes = 0, totalBytes = 0, openedSegments = 0, segments = 0 } = progress ?? {};
  const isLoaded = progress !== undefined && loadedBytes >= totalBytes;
  return (
    <div className={styles.progress}>
      <p className="strong">{t(isLoaded ? "opening" : "loading")}</p>
      <progress
        aria-label={t(isLoaded ? "opening" : "loading")}
        max={1}
        value={
          isLoaded
            ? 0.5 + openedSegments / Math.max(1, segments) / 2
            : loadedBytes / Math.max(1, totalBytes) / 2
        }
      />
      <p className="tertiary small num">
        {isLoaded
          ? t("opened", { opened: String(openedSegments), count: String(segments) })
          : t("loaded", { loaded: format.bytes(loadedBytes), total: format.bytes(totalBytes) })}
      </p>
    </div>
  );
}
