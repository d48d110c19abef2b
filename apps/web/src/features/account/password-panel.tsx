import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { Refusal } from "../login/refusal.tsx";
import { useWait } from "../login/use-wait.ts";
import { NewPassword } from "./new-password.tsx";

/** Changes one's own password; every other session ends. */
export function PasswordPanel() {
  const t = useTranslations("account.password");
  const show = useTranslations("login")("show");
  const { person, tenant } = useMe();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useCall(accounts.changePassword, [accounts.listSessions]);
  const waitMs = useWait(change.error);
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
        <NewPassword
          label={t("next")}
          value={next}
          context={[person.name, person.email, tenant.name]}
          onChange={setNext}
        />
        <Refusal error={change.error} waitMs={waitMs} />
        <div aria-live="polite">{change.isSuccess && next === "" && <p>{t("done")}</p>}</div>
        <div>
          <Button
            type="submit"
            disabled={current === "" || next === "" || waitMs > 0}
            loading={change.isPending}
          >
            {t("act")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
