import { Modal, Switch } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { singleKeys } from "../../design/shortcuts.ts";
import { savePersonal } from "../personal.ts";
import styles from "./help-dialog.module.css";
import { useNavItems } from "./use-nav.ts";

/** Every key, and the switch that turns single ones off (WCAG 2.1.4). */
export default function HelpDialog(props: { onClose: () => void }) {
  const t = useTranslations("shell");
  const close = useTranslations("common.action")("close");
  const pages = useNavItems();
  const can = useCan();
  const canPlay = can("recording.view");
  const on = singleKeys.use() === "on";
  return (
    <Modal opened onClose={props.onClose} title={t("help.title")} closeButtonProps={{ "aria-label": close }}>
      <dl className={styles.keys}>
        <Line text={t("help.find")}>
          <kbd>Ctrl</kbd> <kbd>K</kbd>
        </Line>
        {pages
          .filter((item) => item.key !== undefined)
          .map((item) => (
            <Line key={item.label} text={t("help.go", { page: t(`nav.${item.label}`) })}>
              <kbd>G</kbd> {t("help.next")} <kbd>{item.key?.toUpperCase()}</kbd>
            </Line>
          ))}
        <Line text={t("help.filter")}>
          <kbd>/</kbd>
        </Line>
        <Line text={t("help.move")}>
          <kbd>J</kbd> {t("help.or")} <kbd>K</kbd>
        </Line>
        <Line text={t("help.open")}>
          <kbd>Enter</kbd>
        </Line>
        <Line text={t("help.pause")}>
          <kbd>.</kbd>
        </Line>
        {canPlay && (
          <>
            <Line text={t("help.play")}>
              <kbd>J</kbd> <kbd>K</kbd> <kbd>L</kbd>
            </Line>
            <Line text={t("help.frame")}>
              <kbd>←</kbd> {t("help.or")} <kbd>→</kbd>
            </Line>
            <Line text={t("help.event")}>
              <kbd>[</kbd> {t("help.or")} <kbd>N</kbd>
            </Line>
            <Line text={t("help.proof")}>
              <kbd>P</kbd>
            </Line>
          </>
        )}
        {can("case.write") && (
          <>
            <Line text={t("help.choose")}>
              <kbd>X</kbd>
            </Line>
            <Line text={t("help.collect")}>
              <kbd>C</kbd>
            </Line>
          </>
        )}
        <Line text={t("help.help")}>
          <kbd>?</kbd>
        </Line>
      </dl>
      <Switch
        mt={14}
        checked={on}
        label={t("help.singleKeys")}
        description={t("help.singleKeysHint")}
        onChange={(event) => {
          const next = event.currentTarget.checked;
          singleKeys.set(next ? "on" : "off");
          savePersonal({ singleKeys: next });
        }}
      />
    </Modal>
  );
}

function Line(props: { text: string; children: ReactNode }) {
  return (
    <div className={styles.line}>
      <dt>{props.text}</dt>
      <dd className="tertiary tiny">{props.children}</dd>
    </div>
  );
}
