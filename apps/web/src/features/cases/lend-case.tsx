import { cameras, cases } from "@gatehouse/contract";
import { Button, Checkbox, NativeSelect, PasswordInput, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { QueryView } from "../../design/query-view.tsx";
import { SecretText } from "../../design/secret-text.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { LIVES, linkFor } from "../recordings/shares/share-draft.ts";
import styles from "./cases.module.css";

const { maxNoteLength, maxPasswordLength, minPasswordLength } = cameras.SHARE_LIMITS;
const AGAIN = [cases.listCaseLends, cameras.listShares];

/** One link to all clips of the case, and those that were made before. */
export function LendCase(props: { caseId: string; onClose: () => void }) {
  const t = useTranslations("cases.lend");
  const lend = useCall(cases.lendCase, AGAIN);
  const made = useQuery(query(cases.listCaseLends, { params: { id: props.caseId } }));
  const link = lend.data === undefined ? undefined : linkFor(lend.data.url, location.origin);
  return (
    <SideDrawer
      title={t(link === undefined ? "title" : "doneTitle")}
      size={520}
      keepOpen={link !== undefined}
      onClose={props.onClose}
    >
      <div className="stack">
        {link === undefined ? <LendForm caseId={props.caseId} lend={lend} /> : <MadeLink {...link} />}
        <QueryView query={made} what={t("reading")}>
          {({ items }) => (
            <section aria-label={t("made")}>
              <h3>{t("made")}</h3>
              {items.length === 0 && <p className="secondary">{t("none")}</p>}
              <ul className={styles.list}>
                {items.map((one) => (
                  <Lent key={one.id} caseId={props.caseId} lend={one} />
                ))}
              </ul>
            </section>
          )}
        </QueryView>
      </div>
    </SideDrawer>
  );
}

function MadeLink(props: ReturnType<typeof linkFor>) {
  const t = useTranslations("shares");
  return (
    <>
      <p>{t("once")}</p>
      <SecretText label={t("link")} text={props.url} />
      {props.isLocal && <p className="warn">{t("local")}</p>}
      <p className="secondary">{t("making")}</p>
    </>
  );
}

function LendForm(props: { caseId: string; lend: ReturnType<typeof useCall<typeof cases.lendCase>> }) {
  const t = useTranslations("cases.lend");
  const shares = useTranslations("shares");
  const errorText = useErrorText();
  const { lend } = props;
  const [lifeMs, setLifeMs] = useState<number>(cameras.SHARE_LIMITS.defaultLifeMs);
  const [password, setPassword] = useState("");
  const [note, setNote] = useState("");
  const [showsCamera, setShowsCamera] = useState(true);
  const [allowsDownload, setAllowsDownload] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const guarded = password === "" ? {} : { password };
    const body = { lifeMs, note: note.trim(), showsCamera, allowsDownload, ...guarded };
    lend.mutate({ params: { id: props.caseId }, body });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="secondary">{t("text")}</p>
      <NativeSelect
        label={shares("life")}
        value={String(lifeMs)}
        onChange={(event) => setLifeMs(Number(event.currentTarget.value))}
        data={LIVES.map(({ unit, count, ms }) => ({
          value: String(ms),
          label: shares(`lives.${unit}`, { count }),
        }))}
      />
      <PasswordInput
        label={shares("password")}
        description={shares("passwordHint")}
        autoComplete="new-password"
        minLength={minPasswordLength}
        maxLength={maxPasswordLength}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Textarea
        label={shares("note")}
        autosize
        minRows={2}
        maxLength={maxNoteLength}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Checkbox
        label={shares("showsCamera")}
        checked={showsCamera}
        onChange={(event) => setShowsCamera(event.currentTarget.checked)}
      />
      <Checkbox
        label={shares("allowsDownload")}
        description={shares("downloadHint")}
        checked={allowsDownload}
        onChange={(event) => setAllowsDownload(event.currentTarget.checked)}
      />
      {lend.error !== null && (
        <p className="danger" role="alert">
          {errorText(lend.error)}
        </p>
      )}
      <span>
        <Button
          type="submit"
          disabled={password !== "" && password.length < minPasswordLength}
          loading={lend.isPending}
        >
          {t("make")}
        </Button>
      </span>
    </form>
  );
}

function Lent(props: { caseId: string; lend: cases.CaseLend }) {
  const t = useTranslations("cases.lend");
  const shares = useTranslations("shares");
  const errorText = useErrorText();
  const format = useFormat();
  const revoke = useCall(cases.revokeCaseLend, AGAIN);
  const { clips, id } = props.lend;
  const [first] = clips;
  if (first === undefined) return null;
  const { expiresMs, madeMs, note, openings, sharedBy, state } = first;
  const time = format.dateTime(madeMs);
  const onRevoke = () =>
    revoke.mutate(
      { params: { id: props.caseId, lend: id }, body: {} },
      {
        onSuccess: () => notifications.show({ message: t("revoked") }),
        onError: (error) => notifications.show({ color: "red", message: errorText(error) }),
      },
    );
  return (
    <li className={styles.entry}>
      <span className={styles.what}>
        <span>{[time, sharedBy ?? shares("gone"), t("clips", { count: clips.length })].join(" · ")}</span>
        <span className="row">
          <Tag tone={state === "active" ? "ok" : "neutral"}>{shares(`state.${state}`)}</Tag>
          <span className="secondary small">
            {t("openings", { count: openings })}, {t("until", { time: format.dateMinute(expiresMs) })}
          </span>
        </span>
        {note !== "" && <span className="tertiary tiny">{note}</span>}
      </span>
      {state === "active" && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t("revokeOne", { time })}
          loading={revoke.isPending}
          onClick={onRevoke}
        >
          {t("revoke")}
        </Button>
      )}
    </li>
  );
}
