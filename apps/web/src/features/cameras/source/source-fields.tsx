import { Button, PasswordInput, Switch, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { kindOf, type SourceDraft } from "./source-draft.ts";

/** Address, name and password of a camera that is fetched from. */
export function SourceFields(props: {
  draft: SourceDraft;
  /** A name and password are kept. */
  hasLogin: boolean;
  onChange: (change: Partial<SourceDraft>) => void;
  /** The address is whole. */
  onEntered: () => void;
}) {
  const t = useTranslations("cameraSources");
  const show = useTranslations("login")("show");
  const { draft, hasLogin, onChange } = props;
  const kind = kindOf(draft.url);
  const kept = hasLogin && !draft.forgets ? t("kept") : undefined;
  return (
    <>
      <TextInput
        label={t("url")}
        description={t("urlHint")}
        placeholder="rtsp://192.168.1.20:554/stream1"
        value={draft.url}
        required
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
        onBlur={props.onEntered}
      />
      {(kind !== undefined || draft.url !== "") && (
        <p className={kind === undefined ? "warn small" : "secondary small"}>{t(`kind.${kind ?? "none"}`)}</p>
      )}
      <FieldGrid fieldWidth={200}>
        <TextInput
          label={t("user")}
          placeholder={kept}
          value={draft.user}
          autoComplete="off"
          maxLength={100}
          onChange={(event) => onChange({ user: event.currentTarget.value })}
        />
        <PasswordInput
          label={t("password")}
          placeholder={kept}
          value={draft.password}
          autoComplete="new-password"
          maxLength={200}
          visibilityToggleButtonProps={{ "aria-label": show }}
          onChange={(event) => onChange({ password: event.currentTarget.value })}
        />
      </FieldGrid>
      <p className="tertiary small">{draft.forgets ? t("forgotten") : t("loginHint")}</p>
      {hasLogin && !draft.forgets && (
        <div>
          <Button
            variant="default"
            size="xs"
            onClick={() => onChange({ forgets: true, user: "", password: "" })}
          >
            {t("forget")}
          </Button>
        </div>
      )}
      <Switch
        label={t("allowPrivate")}
        description={t("allowPrivateHint")}
        checked={draft.allowPrivate}
        onChange={(event) => onChange({ allowPrivate: event.currentTarget.checked })}
      />
    </>
  );
}
