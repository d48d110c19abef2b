import { cameras } from "@gatehouse/contract";
import { Button, Textarea } from "@mantine/core";
import { IconCheck, IconShieldX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { useCan } from "../../../data/session.ts";
import { Panel } from "../../../design/panel.tsx";
import { singleKeys, useShortcut } from "../../../design/shortcuts.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "./panels.module.css";
import { useVerdict } from "./use-verdict.ts";

const { maxNoteLength } = cameras.VERDICT_LIMITS;

/** What somebody decides about the event, by buttons or the keys 1 and 2; V goes to the note. */
export function VerdictPanel(props: { event: cameras.CameraEvent }) {
  const t = useTranslations("evidence.verdict");
  const may = useCan()("verdict.write");
  const { event } = props;
  return (
    <Panel title={t(may ? "title" : "titleRead")} {...(may ? { subtitle: t("subtitle") } : {})}>
      <div className="stack">
        {event.verdict !== undefined && <Current verdict={event.verdict} />}
        {may && <VerdictForm event={event} />}
        {!may && event.verdict === undefined && <p className="secondary">{t("none")}</p>}
        <VerdictHistory event={event} />
      </div>
    </Panel>
  );
}

function Current(props: { verdict: NonNullable<cameras.CameraEvent["verdict"]> }) {
  const t = useTranslations("evidence.verdict");
  const format = useFormat();
  const { verdict, byName, atMs, note } = props.verdict;
  return (
    <div>
      <p className={`strong ${verdict === "intrusion" ? "danger" : ""}`}>{t(`name.${verdict}`)}</p>
      <p className="secondary small">
        {t("by", { name: byName === "" ? t("erased") : byName, time: format.dateTime(atMs) })}
      </p>
      {note !== "" && <p className={`${styles.note} small`}>{note}</p>}
    </div>
  );
}

function VerdictForm(props: { event: cameras.CameraEvent }) {
  const t = useTranslations("evidence.verdict");
  const { give, isBusy } = useVerdict(props.event);
  const [note, setNote] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const withKeys = singleKeys.use() === "on";
  const decide = (verdict: cameras.Verdict) => {
    if (!isBusy) give(verdict, note.trim(), () => setNote(""));
  };
  useShortcut("1", () => decide("not_intrusion"));
  useShortcut("2", () => decide("intrusion"));
  useShortcut("v", () => field.current?.focus());
  return (
    <>
      <Textarea
        ref={field}
        aria-label={t("note")}
        placeholder={t("noteHint")}
        rows={2}
        maxLength={maxNoteLength}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={styles.verdicts}>
        <Button
          variant="default"
          leftSection={<IconCheck size={16} aria-hidden="true" />}
          loading={isBusy}
          onClick={() => decide("not_intrusion")}
        >
          {t("name.not_intrusion")} {withKeys && <kbd>1</kbd>}
        </Button>
        <Button
          variant="danger"
          leftSection={<IconShieldX size={16} aria-hidden="true" />}
          loading={isBusy}
          onClick={() => decide("intrusion")}
        >
          {t("name.intrusion")} {withKeys && <kbd>2</kbd>}
        </Button>
      </div>
      <div className="row row-between">
        <p className="tertiary small">{t("means")}</p>
        {props.event.verdict !== undefined && props.event.verdict.verdict !== "undecided" && (
          <button type="button" className={styles.show} onClick={() => decide("undecided")}>
            {t("leaveOpen")}
          </button>
        )}
      </div>
    </>
  );
}

/** Every verdict but the newest. */
function VerdictHistory(props: { event: cameras.CameraEvent }) {
  const t = useTranslations("evidence.verdict");
  const format = useFormat();
  const { event } = props;
  const history = useQuery({
    ...query(cameras.listVerdicts, { params: { id: event.id } }),
    enabled: event.verdict !== undefined,
  });
  const earlier = history.data?.items.slice(1) ?? [];
  if (earlier.length === 0) return null;
  return (
    <details>
      <summary className="small">{t("earlier", { count: earlier.length })}</summary>
      <ol className={styles.history}>
        {earlier.map(({ id, verdict, byName, atMs, note }) => (
          <li key={id} className="small">
            <b>{t(`name.${verdict}`)}</b>{" "}
            <span className="secondary">
              {t("by", { name: byName === "" ? t("erased") : byName, time: format.dateTime(atMs) })}
            </span>
            {note !== "" && <p className={styles.note}>{note}</p>}
          </li>
        ))}
      </ol>
    </details>
  );
}
