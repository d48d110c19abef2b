import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import styles from "./people.module.css";

/** Changes one's own password; every other session ends. */
export function PasswordPanel() {
  const t = useTranslations("people.password");
  const show = useTranslations("login")("show");
  const errorText = useErrorText();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useCall(accounts.changePassword, [accounts.listSessions, accounts.listAccessLog]);
  const submit = () =>
    change.mutate(
      { body: { current, next } },
      {
        onSuccess: () => {
          setCurrent("");
          setNext("");
        },
      },
    );
  return (
    <Panel title={t("title")} subtitle={t("subtitle")}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <PasswordInput
          label={t("current")}
          autoComplete="current-password"
          maxLength={512}
          value={current}
          visibilityToggleButtonProps={{ "aria-label": show }}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("next")}
          description={t("hint")}
          autoComplete="new-password"
          maxLength={512}
          value={next}
          visibilityToggleButtonProps={{ "aria-label": show }}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <Strength password={next} />
        <div aria-live="polite">
          {change.error !== null && <p className="danger">{errorText(change.error)}</p>}
          {change.isSuccess && next === "" && <p>{t("done")}</p>}
        </div>
        <div>
          <Button type="submit" disabled={current === "" || next === ""} loading={change.isPending}>
            {t("act")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

const DEBOUNCE_MS = 300;
const MIN_CHARACTERS = 12;
const LEVELS = [1, 2, 3, 4] as const;
const WORDS = ["weak", "weak", "fair", "good", "strong"] as const;

/** The server's judgement while one types. */
function Strength(props: { password: string }) {
  const t = useTranslations("setup.strength");
  const { person, tenant } = useMe();
  const [password] = useDebouncedValue(props.password, DEBOUNCE_MS);
  const verdict = useQuery({
    ...query(accounts.checkPassword, {
      body: { password, context: [person.name, person.email, tenant.name] },
    }),
    enabled: password !== "",
    placeholderData: keepPreviousData,
    /** A password stays in memory no longer than it is on screen. */
    gcTime: 0,
  }).data;
  if (props.password === "") return null;
  const missing = MIN_CHARACTERS - [...props.password].length;
  const score = missing > 0 ? 0 : (verdict?.score ?? 0);
  const colour = score >= 3 ? styles.good : styles.weak;
  return (
    <div className="stack stack-tight">
      <div className={styles.strength} aria-hidden="true">
        {LEVELS.map((level) => (
          <span key={level} className={level <= score ? colour : undefined} />
        ))}
      </div>
      <p className="small secondary" aria-live="polite">
        {missing > 0
          ? t("tooShort", { count: missing })
          : t(verdict === undefined ? "checking" : (WORDS[verdict.score] ?? "weak"))}
      </p>
    </div>
  );
}
