import { Button, Modal } from "@mantine/core";
import { useTranslations } from "use-intl";
import { CopyButton } from "../../design/copy-button.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import styles from "./device.module.css";

/** A new API key, the only time it can be seen. */
export function NewKey(props: { apiKey: string }) {
  const t = useTranslations("devices.credential");
  return (
    <div className="stack stack-tight">
      <p className={styles.secret}>{props.apiKey}</p>
      <div className="row row-wrap">
        <CopyButton text={props.apiKey} label={t("copyKey")} wide />
        <span className="secondary small grow">{t("once")}</span>
      </div>
    </div>
  );
}

/** The same in a dialog that only its own button closes, so that a stray click does not lose the key. */
export function NewKeyDialog(props: { name: string; apiKey: string; onClose: () => void }) {
  const t = useTranslations("devices.credential");
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("newKey", { name: props.name })}
      size={520}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <div className="stack">
        <NewKey apiKey={props.apiKey} />
        <DialogFoot>
          <Button onClick={props.onClose}>{t("kept")}</Button>
        </DialogFoot>
      </div>
    </Modal>
  );
}
