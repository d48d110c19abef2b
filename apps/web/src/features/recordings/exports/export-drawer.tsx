import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { SideDrawer } from "../../../design/side-drawer.tsx";
import type { ExportedCamera, Span } from "./export-draft.ts";
import { ExportForm } from "./export-form.tsx";
import { ExportProgress } from "./export-progress.tsx";

/** A new export; afterwards how far it is. */
export function ExportDrawer(props: {
  cameras: readonly ExportedCamera[];
  span: Span;
  /** What it begins with; a film unless told. */
  form?: cameras.ExportForm;
  onClose: () => void;
}) {
  const t = useTranslations("takeout");
  const common = useTranslations("common.action");
  const create = useCall(cameras.createRecordingExport, [cameras.listRecordingExports]);
  return (
    <SideDrawer title={t("title")} size={520} onClose={props.onClose}>
      {create.data === undefined ? (
        <ExportForm cameras={props.cameras} span={props.span} form={props.form ?? "mp4"} create={create} />
      ) : (
        <div className="stack">
          <ExportProgress first={create.data} onRemoved={() => create.reset()} />
          <DialogFoot>
            <Link className="link" to="/cameras/exports">
              {t("all")}
            </Link>
            <Button onClick={props.onClose}>{common("close")}</Button>
          </DialogFoot>
        </div>
      )}
    </SideDrawer>
  );
}
