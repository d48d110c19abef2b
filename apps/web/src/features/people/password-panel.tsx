import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { PasswordStrength } from "./password-strength.tsx";

/** Changes one's own password; every other session ends. */
export function PasswordPanel() {
  const t = useTranslations("people.password");
  const show = useTranslations("login")("show");
  const errorText = useErrorText();
  const { person, tenant } = useMe();
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
        <PasswordStrength password={next} context={[person.name, person.email, tenant.name]} />
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
