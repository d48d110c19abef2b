import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { useErrorText } from "../../../design/error-text.ts";

const UNDO_SHOWN_MS = 15_000;

/** Ends a link at once; while that can be undone, undoes it. */
export function ShareActs(props: { share: cameras.Share }) {
  const t = useTranslations("shares");
  const { restore, revoke } = useEnding(props.share);
  const { restorableMs, state } = props.share;
  const number = String(props.share.number);
  if (restorableMs !== undefined)
    return (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t("undoOne", { number })}
        loading={restore.isPending}
        onClick={restore.act}
      >
        {t("undo")}
      </Button>
    );
  if (state === "revoked" || state === "expired" || state === "erased") return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={t("revokeOne", { number })}
      loading={revoke.isPending}
      onClick={revoke.act}
    >
      {t("revoke")}
    </Button>
  );
}

/** A revoked link leaves the list of those that work: what was done, and its undoing, stand in a note. */
function useEnding({ id, number: count }: cameras.Share) {
  const t = useTranslations("shares");
  const errorText = useErrorText();
  const number = String(count);
  const input = { params: { id }, body: {} };
  const { mutateAsync: revoke, isPending: isRevoking } = useCall(cameras.revokeShare, [cameras.listShares]);
  const { mutateAsync: restore, isPending: isRestoring } = useCall(cameras.restoreShare, [
    cameras.listShares,
  ]);
  const fail = (error: Error) => void notifications.show({ color: "red", message: errorText(error) });
  const note = `share-${id}`;
  const actRestore = () => {
    notifications.hide(note);
    restore(input).then(() => notifications.show({ message: t("restored", { number }) }), fail);
  };
  const undo = (
    <span className="row row-between">
      <span>{t("revoked", { number })}</span>
      <Button variant="default" size="compact-sm" onClick={actRestore}>
        {t("undo")}
      </Button>
    </span>
  );
  const actRevoke = () =>
    void revoke(input).then(
      () => notifications.show({ id: note, message: undo, autoClose: UNDO_SHOWN_MS }),
      fail,
    );
  return {
    revoke: { act: actRevoke, isPending: isRevoking },
    restore: { act: actRestore, isPending: isRestoring },
  };
}
