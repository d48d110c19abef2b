import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { liveHub } from "../../data/live.ts";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { useCanAtSomeSite } from "../../data/session.ts";
import { useSelectedSite } from "../../data/site.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useShortcut } from "../../design/shortcuts.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useIsPhone } from "../../design/viewport.ts";
import { titleOf } from "../cameras/camera-title.ts";
import { CameraViews } from "../cameras/camera-views.tsx";
import { ExportButton } from "./exports/export-button.tsx";
import { playbackSearch, startOf } from "./playback-search.ts";
import { MAX_TOGETHER, PlayerGrid } from "./player/player-grid.tsx";
import { TransportBar } from "./player/transport-bar.tsx";
import { usePlayer } from "./player/use-player.ts";
import { useTransport } from "./player/use-transport.ts";
import { ProofDrawer } from "./proof/proof-drawer.tsx";
import { ShareButton } from "./shares/share-button.tsx";
import { spanAround } from "./shares/share-draft.ts";
import { PausedNote } from "./storage/paused-note.tsx";
import { Timeline } from "./timeline/timeline.tsx";
import { useView } from "./timeline/use-view.ts";

const LANES = 32;
/** Without a time in the address: what happened just now. */
const BEHIND_NOW_MS = 30_000;
/** The address follows what is looked at, when it rests. */
const ADDRESS_REST_MS = 600;

/** What cameras recorded: all of them in time, up to four as pictures. */
export function PlaybackPage() {
  const t = useTranslations("recordings");
  const [offset, setOffset] = useState(0);
  const site = useSelectedSite();
  const canAdd = useCanAtSomeSite()("device.write");
  const list = useQuery(
    query(cameras.listCameras, {
      query: given({ site: site?.id, offset: String(offset), limit: String(LANES) }),
    }),
  );
  return (
    <>
      <StatusSentence end={<CameraViews />}>
        {list.data === undefined ? t("playback.title") : t("playback.sentence", { count: list.data.total })}
      </StatusSentence>
      <PausedNote />
      <QueryView
        query={list}
        what={t("playback.reading")}
        isEmpty={({ total }) => total === 0}
        empty={
          <Panel>
            <EmptyState
              title={t("playback.empty")}
              action={canAdd && <ButtonLink to="/devices/add">{t("playback.add")}</ButtonLink>}
            >
              {t("playback.emptyText")}
            </EmptyState>
          </Panel>
        }
      >
        {({ items, total }) => (
          <>
            <Playback key={`${site?.id} ${offset}`} cameras={items} />
            <Pager offset={offset} limit={LANES} total={total} onOffset={setOffset} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Playback(props: { cameras: readonly cameras.Camera[] }) {
  const isPhone = useIsPhone();
  const search = useSearch({ strict: false });
  const nowMs = useNow();
  const [start] = useState(() => startOf(search));
  const control = useView(start, nowMs);
  const [skipsGaps, setSkipsGaps] = useState(true);
  const [proofOf, setProofOf] = useState<string>();
  const [wanted, setWanted] = useState(() => search.cameras?.split(","));
  const chosen = useMemo(() => {
    const known = props.cameras.filter(({ id }) => wanted?.includes(id) === true);
    const shown = wanted === undefined ? props.cameras.slice(0, isPhone ? 1 : MAX_TOGETHER) : known;
    return shown.slice(0, MAX_TOGETHER);
  }, [props.cameras, wanted, isPhone]);
  const ids = useMemo(() => chosen.map(({ id }) => id), [chosen]);
  const player = usePlayer(start.atMs ?? liveHub.nowMs() - BEHIND_NOW_MS, ids);
  const transport = useTransport(player, ids);
  player.reels.skipsGaps = skipsGaps;
  useAddress(player.playhead, ids, control.view.toMs - control.view.fromMs);
  useReveal(player.playhead, control.reveal);
  /** Of the first that shows something. */
  const prove = () => {
    const { atMs } = player.playhead.state;
    const isShown = (id: string) => player.library.reelOf(id).segments.peek(atMs) != null;
    setProofOf(ids.find(isShown) ?? ids[0]);
  };
  useShortcut("p", prove, ids.length > 0);
  const select = (id: string, isOn: boolean) =>
    setWanted(isOn ? [...ids, id] : ids.filter((one) => one !== id));
  return (
    <>
      <PlayerGrid cameras={chosen} player={player} onProof={setProofOf} />
      <Timeline
        cameras={props.cameras}
        selected={ids}
        onSelect={select}
        canSelectMore={ids.length < MAX_TOGETHER}
        control={control}
        player={player}
        nowMs={nowMs}
        footer={
          <TransportBar
            playhead={player.playhead}
            transport={transport}
            skipsGaps={skipsGaps}
            onSkipsGaps={setSkipsGaps}
            onProof={prove}
            acts={
              <>
                <ExportButton
                  cameras={chosen.map((camera) => ({ id: camera.id, title: titleOf(camera) }))}
                  span={() => spanAround(player.playhead.state.atMs, liveHub.nowMs())}
                  compact={isPhone}
                />
                <ShareButton
                  cameras={chosen.map((camera) => ({ id: camera.id, title: titleOf(camera) }))}
                  span={() => spanAround(player.playhead.state.atMs, liveHub.nowMs())}
                  compact={isPhone}
                />
              </>
            }
          />
        }
      />
      {proofOf !== undefined && (
        <ProofDrawer
          cameras={chosen}
          cameraId={proofOf}
          onCamera={setProofOf}
          player={player}
          onClose={() => setProofOf(undefined)}
        />
      )}
    </>
  );
}

/** Keeps the address at what is shown, so that it can be handed on. */
function useAddress(
  playhead: ReturnType<typeof usePlayer>["playhead"],
  ids: readonly string[],
  spanMs: number,
) {
  const navigate = useNavigate();
  useEffect(() => {
    let timer = systemClock.after(ADDRESS_REST_MS, write);
    function write() {
      const { atMs, isPlaying } = playhead.state;
      if (isPlaying) return;
      void navigate({
        to: "/cameras/playback",
        search: playbackSearch(ids, atMs, spanMs),
        replace: true,
        resetScroll: false,
      });
    }
    const unsubscribe = playhead.subscribe(() => {
      timer.cancel();
      timer = systemClock.after(ADDRESS_REST_MS, write);
    });
    return () => {
      timer.cancel();
      unsubscribe();
    };
  }, [playhead, ids, spanMs, navigate]);
}

/** The line stays in view: while it plays out of it, and after a jump. */
function useReveal(playhead: ReturnType<typeof usePlayer>["playhead"], reveal: (atMs: number) => void) {
  useEffect(() => {
    let { jumps } = playhead.state;
    return playhead.subscribe(() => {
      const { state } = playhead;
      if (state.jumps !== jumps || (state.isPlaying && !state.isScrubbing)) reveal(state.atMs);
      jumps = state.jumps;
    });
  }, [playhead, reveal]);
}
