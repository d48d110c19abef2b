import { cameras, type ReplyOf } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { SecretText } from "../../../design/secret-text.tsx";
import { SideDrawer } from "../../../design/side-drawer.tsx";
import { linkFor, newDraft, type ShareDraft } from "./share-draft.ts";
import { ShareForm } from "./share-form.tsx";

/** A camera of which something can be shared. */
export interface SharedCamera {
  readonly id: string;
  readonly title: string;
}

/** A new link to a clip; afterwards the link, this once. */
export function ShareDrawer(props: {
  cameras: readonly SharedCamera[];
  cameraId: string;
  span: { readonly fromMs: number; readonly toMs: number };
  onClose: () => void;
}) {
  const t = useTranslations("shares");
  const [draft, setDraft] = useState<ShareDraft>(() => newDraft(props.cameraId, props.span));
  const create = useCall(cameras.createShare, [cameras.listShares]);
  const made = create.data;
  return (
    <SideDrawer
      title={t(made === undefined ? "title" : "doneTitle")}
      size={520}
      keepOpen={made !== undefined}
      onClose={props.onClose}
    >
      {made === undefined ? (
        <ShareForm cameras={props.cameras} draft={draft} onDraft={setDraft} create={create} />
      ) : (
        <MadeLink made={made} onDone={props.onClose} />
      )}
    </SideDrawer>
  );
}

function MadeLink(props: { made: ReplyOf<typeof cameras.createShare>; onDone: () => void }) {
  const t = useTranslations("shares");
  const { share } = props.made;
  const { url, isLocal } = linkFor(props.made.url, location.origin);
  return (
    <div className="stack">
      <p>{t("once")}</p>
      <SecretText label={t("link")} text={url} />
      {isLocal && <p className="warn">{t("local")}</p>}
      {share.hasPassword && <p className="secondary">{t("linkPassword")}</p>}
      <p className="secondary">{t("making")}</p>
      <DialogFoot>
        <Button onClick={props.onDone}>{t("done")}</Button>
      </DialogFoot>
    </div>
  );
}
