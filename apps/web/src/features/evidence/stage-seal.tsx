import { useTranslations } from "use-intl";
import pictureStyles from "../recordings/player/picture.module.css";
import { usePlayhead } from "../recordings/player/use-playhead.ts";
import { SealMark } from "../recordings/proof/seal-mark.tsx";
import type { CheckedClip } from "./check/model.ts";
import type { ClipPlayer } from "./player/clip-player.ts";

/** What this browser found out about what is shown, and the way to its proof. */
export function StageSeal(props: { clip: CheckedClip; player: ClipPlayer; onProof: () => void }) {
  const t = useTranslations("evidence.stage");
  const { clip, player } = props;
  const number = usePlayhead(player.playhead, ({ atMs }) => player.reel.segmentAt(atMs)?.number ?? 0);
  const segment = clip.segments[number - 1];
  const isOpened = clip.checks.every(({ state }) => state === "passed");
  const state = segment?.state;
  const seal = state === "changed" ? "tampered" : state === "genuine" && isOpened ? "verified" : "unknown";
  return (
    <button type="button" className={pictureStyles.seal} onClick={props.onProof}>
      <SealMark state={seal} size={15} />
      {t(`seal.${seal}`, { number: String(number) })}
    </button>
  );
}
