import { accounts } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./login.module.css";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";
import { useWait } from "./use-wait.ts";

const route = getRouteApi("/login");

/** Asks for a mail with a link to log in, or to choose a new password. The answer never says whether there is an account. */
export function MailStep(props: { what: "link" | "forgot" }) {
  const t = useTranslations("login");
  const words = useTranslations(`login.${props.what}`);
  const format = useFormat();
  const { next } = route.useSearch();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState<{ email: string; expiresMs: number }>();
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const endpoint = props.what === "link" ? accounts.requestLoginLink : accounts.requestPasswordReset;
  const ask = async () => {
    const { expiresMs } = await call(endpoint, { body: { email: email.trim() } });
    setSent({ email: email.trim(), expiresMs });
  };
  return (
    <>
      <div>
        <h1 className="setup-title">{words("title")}</h1>
        <p className="secondary">{words("intro")}</p>
      </div>
      {sent !== undefined && (
        <p role="status">{words("sent", { email: sent.email, time: format.clockMinute(sent.expiresMs) })}</p>
      )}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (waitMs === 0) void run(ask);
        }}
      >
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          maxLength={254}
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            setSent(undefined);
          }}
        />
        <Refusal error={error} waitMs={waitMs} />
        <Button
          type="submit"
          h={36}
          variant={sent === undefined ? "filled" : "default"}
          disabled={waitMs > 0}
          loading={busy}
        >
          {sent === undefined ? words("act") : words("again")}
        </Button>
      </form>
      <div className={styles.links}>
        <Link to="/login" search={next === undefined ? {} : { next }} className="link">
          {t("back")}
        </Link>
      </div>
    </>
  );
}
