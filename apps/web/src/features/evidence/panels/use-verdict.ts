import { cameras } from "@gatehouse/contract";
import { notifications } from "@mantine/notifications";
import { createElement } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { useErrorText } from "../../../design/error-text.ts";
import { UndoToast } from "./undo-toast.tsx";

const UNDO_MS = 10_000;

export interface Verdicts {
  readonly give: (verdict: cameras.Verdict, note: string, onGiven?: () => void) => void;
  readonly isBusy: boolean;
}

/** Gives a verdict; for ten seconds it can be taken back by giving the one before again. */
export function useVerdict(event: cameras.CameraEvent): Verdicts {
  const t = useTranslations("evidence.verdict");
  const errorText = useErrorText();
  const give = useCall(cameras.giveVerdict, [
    cameras.getCameraEvent,
    cameras.listVerdicts,
    cameras.listCameraEvents,
    cameras.getCustody,
  ]);
  const onError = (error: unknown) => notifications.show({ message: errorText(error), color: "red" });
  const params = { id: event.id };
  return {
    isBusy: give.isPending,
    give(verdict, note, onGiven) {
      const before = event.verdict;
      const undo = () =>
        give.mutate(
          {
            params,
            body: { verdict: before?.verdict ?? "undecided", note: before?.note ?? t("takenBack") },
          },
          { onSuccess: () => notifications.show({ message: t("undone") }), onError },
        );
      give.mutate(
        { params, body: { verdict, note } },
        {
          onSuccess() {
            onGiven?.();
            notifications.show({
              id: `verdict ${event.id}`,
              autoClose: UNDO_MS,
              message: createElement(UndoToast, { verdict, eventId: event.id, onUndo: undo }),
            });
          },
          onError,
        },
      );
    },
  };
}
