import { cases, type Language } from "@gatehouse/contract";
import { Button, NativeSelect, PasswordInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { QueryView } from "../../design/query-view.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { CaseBundle } from "./case-bundle.tsx";
import styles from "./cases.module.css";

const RENEW_MS = 1_000;
const { minLength, maxLength } = cases.CASE_PASSWORD;
const LANGUAGES = ["en", "fr"] as const;

const isUnderWay = ({ state }: cases.CaseExport): boolean => state === "waiting" || state === "running";

/** A new bundle, and those that are there. */
export function ExportCase(props: { caseId: string; onClose: () => void }) {
  const t = useTranslations("cases.export");
  const params = { id: props.caseId };
  const made = useQuery({
    ...query(cases.listCaseExports, { params }),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? RENEW_MS : false),
  });
  return (
    <SideDrawer title={t("title")} size={520} onClose={props.onClose}>
      <div className="stack">
        <p className="secondary">{t("text")}</p>
        <ExportForm caseId={props.caseId} />
        <QueryView query={made} what={t("reading")}>
          {({ items }) =>
            items.length > 0 && (
              <section aria-label={t("made")}>
                <h3>{t("made")}</h3>
                <ul className={styles.list}>
                  {items.map((one) => (
                    <CaseBundle key={one.id} caseId={props.caseId} bundle={one} />
                  ))}
                </ul>
              </section>
            )
          }
        </QueryView>
      </div>
    </SideDrawer>
  );
}

function ExportForm(props: { caseId: string }) {
  const t = useTranslations("cases.export");
  const errorText = useErrorText();
  const locale = useLocale();
  const create = useCall(cases.createCaseExport, [cases.listCaseExports]);
  const [form, setForm] = useState<cases.CaseExportForm>("zip");
  const [language, setLanguage] = useState<Language>(locale === "fr" ? "fr" : "en");
  const [password, setPassword] = useState("");
  const [recipient, setRecipient] = useState("");
  const isReady =
    form === "zip" || (form === "password" ? password.length >= minLength : recipient.trim() !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const secret = form === "password" ? { form, password } : undefined;
    const sealed = form === "age" ? { form, recipient: recipient.trim() } : undefined;
    const body = { language, ...(secret ?? sealed ?? { form: "zip" as const }) };
    create.mutate({ params: { id: props.caseId }, body }, { onSuccess: () => setPassword("") });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <NativeSelect
        label={t("form")}
        value={form}
        onChange={({ currentTarget: { value } }) =>
          setForm(cases.CASE_EXPORT_FORMS.find((one) => one === value) ?? "zip")
        }
        data={cases.CASE_EXPORT_FORMS.map((one) => ({ value: one, label: t(`forms.${one}`) }))}
      />
      {form === "password" && (
        <PasswordInput
          label={t("password")}
          description={t("passwordHint")}
          autoComplete="new-password"
          minLength={minLength}
          maxLength={maxLength}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      )}
      {form === "age" && (
        <Textarea
          label={t("recipient")}
          description={t("recipientHint")}
          autosize
          spellCheck={false}
          maxLength={2_000}
          value={recipient}
          onChange={(event) => setRecipient(event.currentTarget.value)}
        />
      )}
      <NativeSelect
        label={t("language")}
        value={language}
        onChange={({ currentTarget: { value } }) => setLanguage(value === "fr" ? "fr" : "en")}
        data={LANGUAGES.map((one) => ({ value: one, label: t(`languages.${one}`) }))}
      />
      {create.error !== null && (
        <p className="danger" role="alert">
          {errorText(create.error)}
        </p>
      )}
      <span>
        <Button type="submit" disabled={!isReady} loading={create.isPending}>
          {t("make")}
        </Button>
      </span>
    </form>
  );
}
