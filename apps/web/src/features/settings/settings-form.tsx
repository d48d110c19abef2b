import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";

/** Fields with one button; who may only read sees them switched off. */
export function SettingsForm(props: {
  state: { canWrite: boolean; error: string | undefined; busy: boolean; ready: boolean; save: () => void };
  children: ReactNode;
}) {
  const t = useTranslations("settings");
  const { state } = props;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (state.ready) state.save();
      }}
    >
      {props.children}
      {state.error !== undefined && (
        <p role="alert" className="danger">
          {state.error}
        </p>
      )}
      {state.canWrite ? (
        <div>
          <Button type="submit" disabled={!state.ready} loading={state.busy}>
            {t("save")}
          </Button>
        </div>
      ) : (
        <p className="tertiary small">{t("readOnly")}</p>
      )}
    </form>
  );
}
