import type { cameras } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./activity.module.css";
import { hourDigits } from "./levels.ts";

type Summary = cameras.DaySummary;

const VERDICTS = ["intrusion", "not_intrusion", "undecided", "none"] as const;
/** Hours below the bars. */
const AXIS = [0, 6, 12, 18] as const;
/** Shorter ones are restarts and bad radio. */
const LONG_SILENCE_MINUTES = 30;

/** A site's day: how many, when, decided how, and before which camera. */
export function SiteSummary(props: { summary: Summary }) {
  const t = useTranslations("activity.summary");
  const verdictIs = useTranslations("recordings.clips.verdictIs");
  const { summary } = props;
  const { siteName, timeZone, people, mostAtOnce, alarms, others, verdicts, day } = summary;
  const figures = [
    [t("people"), people],
    [t("mostAtOnce"), mostAtOnce],
    [t("alarms"), alarms],
    [t("others"), others],
  ] as const;
  return (
    <Panel title={siteName} subtitle={timeZone}>
      <div className="stack">
        <dl className={styles.figures}>
          {figures.map(([name, value]) => (
            <div key={name} className={styles.figure}>
              <dt className="secondary small">{name}</dt>
              <dd className={styles.value}>{value}</dd>
            </div>
          ))}
        </dl>
        <Hours summary={summary} />
        <p className={`${styles.verdicts} small`}>
          {VERDICTS.filter((one) => verdicts[one] > 0).map((one) => (
            <span key={one}>
              <Link className="link" to="/cameras/clips" search={{ verdict: one, from: day, to: day }}>
                {verdictIs(one)}
              </Link>{" "}
              <span className="num strong">{verdicts[one]}</span>
            </span>
          ))}
        </p>
        <Cameras summary={summary} />
      </div>
    </Panel>
  );
}

function Hours(props: { summary: Summary }) {
  const t = useTranslations("activity.summary");
  const clock = useTranslations("activity");
  const { hours, people } = props.summary;
  const most = Math.max(...hours);
  if (people === 0) return <p className="secondary small">{t("nobody")}</p>;
  const busiest = hours.indexOf(most);
  const hourText = (hour: number) => clock("hour", { hour: hourDigits(hour) });
  const text = t("busiest", { hour: hourText(busiest), count: most });
  return (
    <div className="stack stack-tight">
      <svg className={styles.hours} viewBox="0 0 240 60" preserveAspectRatio="none" aria-hidden="true">
        {hours.map((count, hour) => {
          const height = (count / most) * 58;
          const key = `hour ${hour}`;
          return (
            <rect key={key} x={hour * 10 + 1} y={59 - height} width={8} height={height} fill="var(--bar)" />
          );
        })}
        <rect x={0} y={59} width={240} height={1} fill="var(--line-2)" />
      </svg>
      <div className={`${styles.axis} tertiary tiny num`} aria-hidden="true">
        {AXIS.map((hour) => (
          <span key={hour}>{hourText(hour)}</span>
        ))}
      </div>
      <p className="secondary small">{text}</p>
      <p className="visually-hidden">
        {hours.flatMap((count, hour) => (count === 0 ? [] : [`${hourText(hour)} ${count}`])).join(", ")}
      </p>
    </div>
  );
}

function Cameras(props: { summary: Summary }) {
  const t = useTranslations("activity.summary");
  const format = useFormat();
  const { cameras: list, day } = props.summary;
  return (
    <div className={styles.scroll}>
      <table className={styles.cameras}>
        <thead>
          <tr className="secondary small">
            {[t("camera"), t("people"), t("alarms"), t("others"), t("silent")].map((head, i) => (
              <th key={head} scope="col" style={{ textAlign: i === 0 ? "start" : "end", fontWeight: 400 }}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.map(({ id, name, people, alarms, others, silentMinutes = 0 }) => (
            <tr key={id}>
              <th scope="row" style={{ textAlign: "start", fontWeight: 400 }}>
                <Link className="link" to="/cameras/clips" search={{ camera: id, from: day, to: day }}>
                  {name}
                </Link>
              </th>
              {[people, alarms, others].map((count, i) => (
                <td
                  key={String(i)}
                  className={count === 0 ? "num tertiary" : "num"}
                  style={{ textAlign: "end" }}
                >
                  {count}
                </td>
              ))}
              <td
                className={silentMinutes >= LONG_SILENCE_MINUTES ? "num warn" : "num tertiary"}
                style={{ textAlign: "end" }}
              >
                {silentMinutes === 0 ? "–" : format.duration(silentMinutes * 60_000)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
