import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { type LogLine, useLineText } from "./use-line-text.ts";

const KINDS = ["log", "event", "connect", "disconnect", "refusal", "command", "credential"] as const;
type Kind = (typeof KINDS)[number];
export const LOG_KINDS: readonly Kind[] = KINDS;

const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

/** A kind of line in the person's language; an unknown one as the server wrote it. */
export function useKindName(): (kind: string) => string {
  const t = useTranslations("devices");
  return (kind) => {
    if (kind === "telemetry") return t("now.telemetry");
    return isKind(kind) ? t(`log.kinds.${kind}`) : kind;
  };
}

/** Kinds that stand out. */
const TINTS: Readonly<Record<string, string | undefined>> = {
  command: styles.command,
  refusal: styles.refusal,
};

/** Log lines in machine type: time, kind, text. */
export function LogLines(props: { lines: readonly LogLine[]; short?: boolean; dated?: boolean }) {
  const format = useFormat();
  const kindName = useKindName();
  const lineText = useLineText();
  return (
    <ol className={styles.log}>
      {props.lines.map((line) => (
        <li key={line.id} className={styles.line}>
          <time className="tertiary nowrap" dateTime={new Date(line.tsMs).toISOString()}>
            {props.dated === true ? `${format.date(line.tsMs)} ` : ""}
            {format.clockMs(line.tsMs)}
          </time>
          <span className={`${styles.lineKind} ${TINTS[line.kind] ?? ""}`}>{kindName(line.kind)}</span>
          <span className={`${styles.lineText} ${props.short === true ? styles.oneLine : ""}`}>
            {lineText(line)}
            {props.short !== true && hasData(line.data) && (
              <span className="tertiary"> {JSON.stringify(line.data)}</span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

const hasData = (data: unknown): boolean =>
  data !== undefined && data !== null && !(typeof data === "object" && Object.keys(data).length === 0);
