import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { safeNext } from "../../app/guard.ts";
import { Welcome } from "../../app/welcome.tsx";
import type { ApiError } from "../../data/api-error.ts";
import { query, queryClient, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";

const route = getRouteApi("/login");

export function LoginPage() {
  const t = useTranslations("login");
  const router = useRouter();
  const { next, ended } = route.useSearch();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useCall(accounts.login);
  const setup = useQuery(query(accounts.getSetup, {}));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate(
      { body: { email, password } },
      {
        onSuccess: (login) => {
          if (login.step !== "done") return;
          queryClient.setQueryData(query(accounts.getMe, {}).queryKey, login.me);
          router.history.push(safeNext(next));
        },
      },
    );
  };

  return (
    <Welcome>
      <title>{t("title")}</title>
      <div>
        <h1 className="setup-title">{t("title")}</h1>
        <p className="secondary">{t("intro")}</p>
      </div>
      {ended !== undefined && <p role="status">{t("ended")}</p>}
      {setup.data?.needed === true && <p role="status">{t("setup")}</p>}
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
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
        {login.error !== null && <LoginError error={login.error} />}
        <Button type="submit" h={36} loading={login.isPending}>
          {t("submit")}
        </Button>
      </form>
    </Welcome>
  );
}

function LoginError(props: { error: ApiError }) {
  const t = useTranslations("login");
  const format = useFormat();
  const errorText = useErrorText();
  const { error } = props;
  const wait = error.code === "auth.throttled" && error.retryAfterMs !== undefined;
  return (
    <p role="alert" className="danger">
      {wait ? t("wait", { duration: format.duration(error.retryAfterMs ?? 0) }) : errorText(error)}
    </p>
  );
}
