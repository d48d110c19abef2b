import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { DialogFoot } from "./dialog-foot.tsx";

/** Asks before an act that cannot be undone. The button says the act; `error` keeps the dialog open. */
export function ConfirmDialog(props: {
  opened: boolean;
  title: string;
  /** What will happen, and what will not be affected. */
  children: ReactNode;
  /** The act: "Delete boiler-02". */
  act: string;
  destructive?: boolean;
  busy?: boolean;
  /** Something that the act needs, such as a reason, is still missing. */
  incomplete?: boolean;
  error?: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const t = useTranslations("common.action");
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size={420}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className="stack">
        <div className="secondary">{props.children}</div>
        <DialogFoot error={props.error}>
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {t("cancel")}
          </Button>
          <Button
            variant={props.destructive === true ? "danger" : "filled"}
            loading={props.busy === true}
            disabled={props.incomplete === true}
            onClick={props.onConfirm}
          >
            {props.act}
          </Button>
        </DialogFoot>
      </div>
    </Modal>
  );
}
