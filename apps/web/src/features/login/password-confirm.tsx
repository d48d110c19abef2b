import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";
import { useWait } from "./use-wait.ts";

/** For somebody who has no second factor yet. */
export function PasswordConfirm(props: { act: string; onAnswer: (password: string) => Promise<void> }) {
  const t = useTranslations("login");
  const [password, setPassword] = useState("");
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== "" && waitMs === 0) void run(() => props.onAnswer(password));
      }}
    >
      <PasswordInput
        label={t("password")}
        autoComplete="current-password"
        maxLength={512}
        visibilityToggleButtonProps={{ "aria-label": t("show") }}
        data-autofocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Refusal error={error} waitMs={waitMs} />
      <Button type="submit" h={36} disabled={password === "" || waitMs > 0} loading={busy}>
        {props.act}
      </Button>
    </form>
  );
}
