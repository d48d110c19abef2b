import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call, query } from "../../data/query.ts";
import styles from "./login.module.css";
import { passkeysWork, readPasskey } from "./passkeys.ts";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";
import { useLoginStep } from "./use-login-step.ts";
import { usePasskeyAutofill } from "./use-passkey-autofill.ts";
import { useWait } from "./use-wait.ts";

const route = getRouteApi("/login");

/** E-mail address and password, a passkey, or a link by mail. */
export function FirstStep() {
  const t = useTranslations("login");
  const { ended, expired, next } = route.useSearch();
  const go = useLoginStep();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const setup = useQuery(query(accounts.getSetup, {}));
  usePasskeyAutofill(go);
  const keep = next === undefined ? {} : { next };
  const login = async () => go(await call(accounts.login, { body: { email, password } }));
  const usePasskey = async () => {
    const response = await readPasskey(await call(accounts.startPasskeyLogin, {}));
    go(await call(accounts.finishPasskeyLogin, { body: { response } }));
  };
  return (
    <>
      <div>
        <h1 className="setup-title">{t("title")}</h1>
        <p className="secondary">{t("intro")}</p>
      </div>
      {ended !== undefined && <p role="status">{t("ended")}</p>}
      {expired !== undefined && <p role="status">{t("expired")}</p>}
      {setup.data?.needed === true && <p role="status">{t("setup")}</p>}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (waitMs === 0) void run(login);
        }}
      >
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username webauthn"
          required
          withAsterisk={false}
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={512}
          visibilityToggleButtonProps={{ "aria-label": t("show") }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Refusal error={error} waitMs={waitMs} />
        <Button type="submit" h={36} disabled={waitMs > 0} loading={busy}>
          {t("submit")}
        </Button>
      </form>
      {passkeysWork() && (
        <>
          <span className={styles.or}>{t("or")}</span>
          <Button
            variant="default"
            h={36}
            leftSection={<IconFingerprint size={16} aria-hidden="true" />}
            disabled={busy}
            onClick={() => void run(usePasskey)}
          >
            {t("passkey.use")}
          </Button>
        </>
      )}
      <nav className={styles.links} aria-label={t("otherWays")}>
        <Link to="/login" search={{ ...keep, step: "link" }} className="link">
          {t("link.open")}
        </Link>
        <Link to="/login" search={{ ...keep, step: "forgot" }} className="link">
          {t("forgot.open")}
        </Link>
        <SignUpLink />
        {/* A page of its own, outside the console. */}
        <a href="/verify" className="link">
          {t("verify")}
        </a>
      </nav>
    </>
  );
}

/** Only where customers can sign up by themselves. */
function SignUpLink() {
  const t = useTranslations("login");
  const signUp = useQuery(query(accounts.getSignUp, { query: {} }));
  if (signUp.data?.open !== true) return null;
  return (
    <Link to="/sign-up" className="link">
      {t("signUp")}
    </Link>
  );
}
