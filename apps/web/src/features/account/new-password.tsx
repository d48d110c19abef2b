import { PasswordInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { PasswordStrength } from "./password-strength.tsx";

/** A password that is being chosen, judged while one types. `context` are words it must not lean on. */
export function NewPassword(props: {
  label: string;
  value: string;
  context: readonly string[];
  error?: string | undefined;
  onChange: (password: string) => void;
}) {
  const t = useTranslations("password");
  const show = useTranslations("login")("show");
  return (
    <>
      <PasswordInput
        label={props.label}
        description={t("hint")}
        autoComplete="new-password"
        required
        withAsterisk={false}
        maxLength={512}
        visibilityToggleButtonProps={{ "aria-label": show }}
        value={props.value}
        error={props.error}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <PasswordStrength password={props.value} context={props.context} />
    </>
  );
}
