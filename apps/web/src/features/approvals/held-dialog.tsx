import { Button, Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { forgetHeld, type Held } from "../../data/held.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useFormat } from "../../i18n/provider.tsx";

/** Says that what was asked for is kept, who can decide, and where it waits. */
export default function HeldDialog(props: { held: Held }) {
  const t = useTranslations("approvals.held");
  const close = useTranslations("common.action")("close");
  const format = useFormat();
  const navigate = useNavigate();
  const { approvalId, expiresMs, aloneFromMs } = props.held;
  const open = () => {
    forgetHeld();
    void navigate({ to: "/approvals/$approvalId", params: { approvalId } });
  };
  return (
    <Modal
      opened
      onClose={forgetHeld}
      title={t("title")}
      size={440}
      zIndex={400}
      closeButtonProps={{ "aria-label": close }}
    >
      <div className="stack">
        <p className="secondary">
          {aloneFromMs === undefined
            ? t("text", { until: format.dateMinute(expiresMs) })
            : t("alone", { at: format.dateMinute(aloneFromMs) })}
        </p>
        <DialogFoot>
          <Button variant="default" onClick={forgetHeld}>
            {t("later")}
          </Button>
          <Button onClick={open} data-autofocus>
            {t("open")}
          </Button>
        </DialogFoot>
      </div>
    </Modal>
  );
}
