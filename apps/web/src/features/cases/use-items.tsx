import { cases } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";

const UNDO_SHOWN_MS = 15_000;
const AGAIN = [cases.getCase, cases.listCases];

/** Takes things out of a case, with the way back in a note, and puts them back. */
export function useTakingOut(caseId: string) {
  const t = useTranslations("cases");
  const errorText = useErrorText();
  const { mutateAsync: remove, isPending: isRemoving } = useCall(cases.removeCaseItem, AGAIN);
  const { mutateAsync: restore, isPending: isRestoring } = useCall(cases.restoreCaseItem, AGAIN);
  const fail = (error: Error) => void notifications.show({ color: "red", message: errorText(error) });
  const putBack = (item: string) => {
    notifications.hide(`case-item-${item}`);
    restore({ params: { id: caseId, item }, body: {} }).then(
      () => notifications.show({ message: t("back") }),
      fail,
    );
  };
  const takeOut = (item: string) =>
    void remove({ params: { id: caseId, item } }).then(() => {
      const message = (
        <span className="row row-between">
          <span>{t("removed")}</span>
          <Button variant="default" size="compact-sm" onClick={() => putBack(item)}>
            {t("putBack")}
          </Button>
        </span>
      );
      notifications.show({ id: `case-item-${item}`, message, autoClose: UNDO_SHOWN_MS });
    }, fail);
  return { takeOut, putBack, isPending: isRemoving || isRestoring };
}
