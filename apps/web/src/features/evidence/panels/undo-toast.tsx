import type { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";

/** What was decided, and the way back. */
export function UndoToast(props: { verdict: cameras.Verdict; eventId: string; onUndo: () => void }) {
  const t = useTranslations("evidence.verdict");
  return (
    <span className="row row-between">
      <span>{t(`given.${props.verdict}`)}</span>
      <Button
        variant="default"
        onClick={() => {
          notifications.hide(`verdict ${props.eventId}`);
          props.onUndo();
        }}
      >
        {t("undo")}
      </Button>
    </span>
  );
}
