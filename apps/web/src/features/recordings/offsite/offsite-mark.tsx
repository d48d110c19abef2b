import type { BodyOf, cameras, ReplyOf } from "@gatehouse/contract";
import {
  IconCloudCheck,
  IconCloudExclamation,
  IconCloudMinus,
  IconCloudPause,
  IconCloudUp,
  IconCloudX,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";

export type OffsiteSpan = BodyOf<typeof cameras.getOffsiteStates>["spans"][number];
export type OffsiteCopies = ReplyOf<typeof cameras.getOffsiteStates>["items"][number];

const MARKS = {
  waiting: { icon: IconCloudPause, tone: "tertiary" },
  copying: { icon: IconCloudUp, tone: "tertiary" },
  done: { icon: IconCloudCheck, tone: "tertiary" },
  part: { icon: IconCloudMinus, tone: "warn" },
  failed: { icon: IconCloudExclamation, tone: "warn" },
  gone: { icon: IconCloudX, tone: "tertiary" },
} as const;

/** Whether recordings are copied elsewhere, as a sign with words; nothing where no copy was ever wanted. */
export function OffsiteMark(props: { copies: OffsiteCopies | undefined }) {
  const t = useTranslations("offsite.state");
  const format = useFormat();
  const { copies } = props;
  if (copies === undefined || copies.state === "none") return null;
  const { state, done, wanted, doneMs } = copies;
  const { icon: Icon, tone } = MARKS[state];
  const isCounted = state !== "done" && state !== "gone" && wanted > 1;
  return (
    <span
      className={`row tiny nowrap ${tone}`}
      {...(doneMs === undefined ? {} : { title: t("last", { time: format.dateTime(doneMs) }) })}
    >
      <Icon size={14} aria-hidden="true" />
      {t(state)}
      {isCounted && (
        <span className="num">{t("of", { done: format.number(done), wanted: format.number(wanted) })}</span>
      )}
    </span>
  );
}
