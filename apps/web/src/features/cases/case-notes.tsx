import { cases } from "@gatehouse/contract";
import { ActionIcon, Button, Textarea } from "@mantine/core";
import { IconPencil, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./cases.module.css";
import { useTakingOut } from "./use-items.tsx";

const AGAIN = [cases.getCase, cases.listCases, cases.listCaseNoteVersions];
const { maxNoteLength } = cases.CASE_LIMITS;

/** What people wrote about it; what a note said before is kept. */
export function CaseNotes(props: { caseId: string; items: readonly cases.CaseItem[]; mayWrite: boolean }) {
  const t = useTranslations("cases.notes");
  const { caseId, items, mayWrite } = props;
  const add = useCall(cases.addCaseItem, AGAIN);
  const write = (text: string, done: () => void) =>
    add.mutate({ params: { id: caseId }, body: { kind: "note", text } }, { onSuccess: done });
  return (
    <Panel title={t("title")} flush>
      <ul className={styles.list}>
        {items.map((item) => (
          <li key={item.id} className={styles.entry}>
            <Note caseId={caseId} item={item} mayWrite={mayWrite} />
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className={`secondary ${styles.inset}`}>{t("none")}</p>}
      {mayWrite && (
        <div className={styles.inset}>
          <NoteForm act={t("add")} isPending={add.isPending} error={add.error} onSave={write} />
        </div>
      )}
    </Panel>
  );
}

function Note(props: { caseId: string; item: cases.CaseItem; mayWrite: boolean }) {
  const t = useTranslations("cases.notes");
  const all = useTranslations("cases");
  const format = useFormat();
  const { takeOut, isPending } = useTakingOut(props.caseId);
  const [isEditing, setIsEditing] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const { caseId, item, mayWrite } = props;
  const { id, note, addedBy, addedMs } = item;
  const update = useCall(cases.updateCaseNote, AGAIN);
  if (note === undefined) return null;
  const params = { id: caseId, item: id };
  const save = (text: string, done: () => void) =>
    update.mutate(
      { params, body: { text } },
      {
        onSuccess: () => {
          done();
          setIsEditing(false);
        },
      },
    );
  if (isEditing)
    return (
      <div className={styles.what}>
        <NoteForm
          act={t("save")}
          first={note.text}
          isPending={update.isPending}
          error={update.error}
          onSave={save}
          onCancel={() => setIsEditing(false)}
        />
      </div>
    );
  const { editedMs, versions } = note;
  const time = format.dateTime(addedMs);
  return (
    <>
      <div className={styles.what}>
        <p className={styles.text}>{note.text}</p>
        <p className="tertiary small">
          {all("byOn", { by: addedBy ?? t("gone"), time })}
          {editedMs !== undefined && ` · ${t("edited", { time: format.dateTime(editedMs) })}`}
        </p>
        {versions > 0 && (
          <span>
            <Button
              variant="subtle"
              size="compact-sm"
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            >
              {t("history", { count: versions })}
            </Button>
          </span>
        )}
        {isOpen && <Versions {...params} />}
      </div>
      {mayWrite && (
        <span className="row">
          <ActionIcon aria-label={t("edit")} onClick={() => setIsEditing(true)}>
            <IconPencil size={15} />
          </ActionIcon>
          <ActionIcon
            aria-label={all("removeOne", { what: note.text.slice(0, 40) })}
            loading={isPending}
            onClick={() => takeOut(id)}
          >
            <IconX size={15} />
          </ActionIcon>
        </span>
      )}
    </>
  );
}

function Versions(props: { id: string; item: string }) {
  const t = useTranslations("cases.notes");
  const format = useFormat();
  const found = useQuery(query(cases.listCaseNoteVersions, { params: props }));
  return (found.data?.items ?? []).map(({ atMs, by, text }) => (
    <div key={atMs} className="stack">
      <p className={`secondary ${styles.text}`}>{text}</p>
      <p className="tertiary small">{t("until", { time: format.dateTime(atMs), by: by ?? t("gone") })}</p>
    </div>
  ));
}

function NoteForm(props: {
  act: string;
  first?: string;
  isPending: boolean;
  error: Error | null;
  onSave: (text: string, done: () => void) => void;
  onCancel?: () => void;
}) {
  const t = useTranslations("cases.notes");
  const errorText = useErrorText();
  const [text, setText] = useState(props.first ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSave(text, () => setText(""));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Textarea
        label={t("write")}
        autosize
        minRows={2}
        maxLength={maxNoteLength}
        value={text}
        error={props.error === null ? undefined : errorText(props.error)}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <span className="row">
        <Button type="submit" disabled={text.trim() === ""} loading={props.isPending}>
          {props.act}
        </Button>
        {props.onCancel !== undefined && (
          <Button variant="default" onClick={props.onCancel}>
            {t("cancel")}
          </Button>
        )}
      </span>
    </form>
  );
}
