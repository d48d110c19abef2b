import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import {
  IconCheck,
  IconChevronRight,
  IconDots,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconShieldX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan, useMe } from "../../data/session.ts";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { usePlayhead } from "../recordings/player/use-playhead.ts";
import { Absent, ToldBy } from "./absent.tsx";
import { CHECKS, type CheckedClip, type CheckId } from "./check/model.ts";
import { ClipActs } from "./clip-acts.tsx";
import { useHappened } from "./clip-sentence.tsx";
import type { ClipParts } from "./clip-view.tsx";
import styles from "./evidence.module.css";
import { spanOfClip } from "./judgement.ts";
import { CheckProof } from "./panels/check-proof.tsx";
import { CustodyPanel } from "./panels/custody-panel.tsx";
import { LinkedRows } from "./panels/linked-panel.tsx";
import panelStyles from "./panels/panels.module.css";
import { useVerdict } from "./panels/use-verdict.ts";
import { VerdictPanel } from "./panels/verdict-panel.tsx";
import { ClipSeal, VerificationPanel } from "./panels/verification-panel.tsx";
import { WhatToDo } from "./panels/what-to-do.tsx";
import { ClipLane } from "./player/clip-lane.tsx";
import { ClipStage } from "./player/clip-stage.tsx";
import { useClipPlayer } from "./player/use-clip-player.ts";

type Opened = "checks" | "custody" | "more";

/** The same on a phone: the picture, what it is, what belongs to it, and the two answers in reach of a thumb. */
export function ClipPhone(props: ClipParts) {
  const t = useTranslations("evidence.phone");
  const format = useFormat();
  const happened = useHappened();
  const { camera, clip, event, title } = props;
  const [opened, setOpened] = useState<Opened>();
  const [proof, setProof] = useState<CheckId>();
  const [isExporting, setIsExporting] = useState(false);
  const checked = clip.clip;
  const isThere = checked !== undefined && checked.segments.length > 0;
  const span = isThere ? spanOfClip(event, checked, camera?.settings.recording) : undefined;
  const lasted = event.endMs === undefined ? t("goesOn") : format.duration(event.endMs - event.startMs);
  return (
    <div className={styles.phone}>
      {isThere ? <PhonePlayer clip={checked} parts={props} /> : <Absent {...props} />}
      <div>
        <h1 className={styles.phoneTitle}>{happened(event, title)}</h1>
        <p className="secondary">
          {format.dateTime(event.startMs)} · {lasted}
          {event.zones.length > 0 && ` · ${event.zones.join(", ")}`}
        </p>
      </div>
      {isThere && event.handedOver !== undefined && <ToldBy handedOver={event.handedOver} />}
      {isThere && span !== undefined && (
        <button type="button" className={styles.sealCard} onClick={() => setOpened("checks")}>
          <ClipSeal clip={checked} span={span} isInButton />
          <IconChevronRight size={18} aria-label={t("checks")} />
        </button>
      )}
      {isThere && <WhatToDo clip={checked} onAgain={clip.again} />}
      <LinkedCard event={event} />
      <div className={styles.phoneActs}>
        <Button variant="default" onClick={() => setOpened("custody")}>
          {t("custody")}
        </Button>
        <ClipActs event={event} title={title} isExporting={isExporting} onExporting={setIsExporting} />
      </div>
      <VerdictFoot event={event} onMore={() => setOpened("more")} />
      {opened === "checks" && isThere && span !== undefined && (
        <SideDrawer title={t("checks")} onClose={() => setOpened(undefined)}>
          <VerificationPanel clip={checked} span={span} onProof={({ id }) => setProof(id)} />
        </SideDrawer>
      )}
      {opened === "custody" && (
        <SideDrawer title={t("custody")} onClose={() => setOpened(undefined)}>
          <CustodyPanel event={event} cameraTitle={title} />
        </SideDrawer>
      )}
      {opened === "more" && <VerdictSheet event={event} onClose={() => setOpened(undefined)} />}
      {checked !== undefined && proof !== undefined && (
        <CheckProof
          clip={checked}
          check={proof ?? CHECKS[0]}
          onCheck={setProof}
          onExport={undefined}
          onClose={() => setProof(undefined)}
        />
      )}
    </div>
  );
}

function PhonePlayer(props: { clip: CheckedClip; parts: ClipParts }) {
  const t = useTranslations("recordings.player");
  const { clip, parts } = props;
  const { camera, event, title } = parts;
  const stage = useRef<HTMLElement>(null);
  const player = useClipPlayer(clip, spanOfClip(event, clip, camera?.settings.recording), event.bestMs);
  const isPlaying = usePlayhead(player.playhead, (state) => state.isPlaying);
  return (
    <div className={styles.phonePicture}>
      <ClipStage player={player} stage={stage} title={title} />
      <div className={styles.phoneTransport}>
        <button
          type="button"
          className={styles.play}
          aria-label={t(isPlaying ? "pause" : "play")}
          onClick={player.toggle}
        >
          {isPlaying ? <IconPlayerPauseFilled size={20} /> : <IconPlayerPlayFilled size={20} />}
        </button>
        <ClipLane clip={clip} player={player} isSmall />
      </div>
    </div>
  );
}

function LinkedCard(props: { event: cameras.CameraEvent }) {
  const t = useTranslations("evidence.linked");
  const { event } = props;
  const linked = useQuery(query(cameras.getLinked, { params: { id: event.id } }));
  const { data } = linked;
  if (data === undefined) return null;
  if (data.alerts.length + data.cases.length + data.events.length + data.lines.length === 0) return null;
  return (
    <section className={styles.card} aria-label={t("title")}>
      <ul className={panelStyles.rows}>
        <LinkedRows linked={data} startMs={event.startMs} />
      </ul>
    </section>
  );
}

/** The two answers, at the foot of the screen; whoever may not answer sees what was answered. */
function VerdictFoot(props: { event: cameras.CameraEvent; onMore: () => void }) {
  const t = useTranslations("evidence.verdict");
  const phone = useTranslations("evidence.phone");
  const may = useCan()("verdict.write");
  const me = useMe();
  const { event } = props;
  const { give, isBusy } = useVerdict(event);
  const said = event.verdict === undefined ? t("none") : t(`name.${event.verdict.verdict}`);
  return (
    <div className={styles.foot}>
      <div className={styles.footHead}>
        <span className="secondary small">
          {event.verdict === undefined && may ? phone("signed", { name: me.person.name }) : said}
        </span>
        <Button
          variant="subtle"
          leftSection={<IconDots size={16} aria-hidden="true" />}
          onClick={props.onMore}
        >
          {phone("more")}
        </Button>
      </div>
      {may && (
        <>
          <Button
            variant="default"
            leftSection={<IconCheck size={18} aria-hidden="true" />}
            loading={isBusy}
            onClick={() => give("not_intrusion", "")}
          >
            {t("name.not_intrusion")}
          </Button>
          <Button
            variant="danger"
            leftSection={<IconShieldX size={18} aria-hidden="true" />}
            loading={isBusy}
            onClick={() => give("intrusion", "")}
          >
            {t("name.intrusion")}
          </Button>
        </>
      )}
    </div>
  );
}

/** A note, the third answer and what was answered before. */
function VerdictSheet(props: { event: cameras.CameraEvent; onClose: () => void }) {
  const t = useTranslations("evidence.phone");
  return (
    <SideDrawer title={t("more")} onClose={props.onClose}>
      <VerdictPanel event={props.event} />
    </SideDrawer>
  );
}
