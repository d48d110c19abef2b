import { type devices, remoteSettings } from "@gatehouse/contract";
import { Button, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import type { Change, Settings } from "./settings-draft.ts";
import { REMOTE_SETTINGS } from "./settings-versions.tsx";

/** What would change, setting by setting, before it is saved. */
export function SettingsReview(props: {
  device: devices.Device;
  settings: Settings;
  changes: readonly Change[];
  /** Version that was read. */
  after: number;
  /** What the new version will be. */
  next: number;
  onClose: () => void;
  onSaved: () => void;
}) {
  const t = useTranslations("remoteSettings");
  const words = useTranslations("common.action");
  const errorText = useErrorText();
  const { device, settings, changes, after } = props;
  const save = useCall(remoteSettings.setRemoteSettings, REMOTE_SETTINGS);
  const columns = useMemo<Column<Change>[]>(
    () => [
      {
        id: "setting",
        header: t("column.setting"),
        cell: ({ row }) => <span className="mono">{row.original.path}</span>,
      },
      {
        id: "before",
        header: t("column.before"),
        cell: ({ row }) => <Value value={row.original.before} />,
      },
      { id: "after", header: t("column.after"), cell: ({ row }) => <Value value={row.original.after} /> },
    ],
    [t],
  );
  const submit = () =>
    save.mutate(
      { params: { id: device.id }, body: { settings: { ...settings }, after } },
      {
        onSuccess: (saved) => {
          notifications.show({ message: t("saved", { version: saved.wanted?.version ?? 0 }) });
          props.onSaved();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("reviewTitle", { name: device.name })}
      size={560}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      <div className="stack">
        <p className="secondary">{t("reviewText")}</p>
        <DataTable
          label={t("review")}
          rows={changes}
          rowId={({ path }) => path}
          columns={columns}
          phoneRow={(change) => (
            <span className="stack stack-tight">
              <span className="mono">{change.path}</span>
              <span className="small">
                <Value value={change.before} /> → <Value value={change.after} />
              </span>
            </span>
          )}
        />
        <DialogFoot error={save.error === null ? undefined : errorText(save.error)}>
          <Button variant="default" onClick={props.onClose}>
            {words("cancel")}
          </Button>
          <Button loading={save.isPending} onClick={submit} data-autofocus>
            {t("save", { version: props.next })}
          </Button>
        </DialogFoot>
      </div>
    </Modal>
  );
}

function Value(props: { value: unknown }) {
  const t = useTranslations("remoteSettings");
  if (props.value === undefined) return <span className="tertiary">{t("unset")}</span>;
  return <span className="mono">{JSON.stringify(props.value)}</span>;
}
