import { devices } from "@gatehouse/contract";
import { Autocomplete, Button, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan, useCanEverywhere } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import type { Column } from "../../design/data-table.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { EditablePanel } from "../../design/editable-panel.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./settings.module.css";
import { TIME_ZONES } from "./time-zones.ts";

/** Places where devices stand, each with its own clock. */
export function SitesPanel() {
  const t = useTranslations("settings.sites");
  const format = useFormat();
  const canWrite = useCan()("site.write");
  const sites = useQuery(query(devices.listSites, {}));
  const columns = useMemo<Column<devices.Site>[]>(
    () => [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong">{row.original.name}</span>,
      },
      { id: "zone", header: () => t("timeZone"), cell: ({ row }) => row.original.timeZone },
      {
        id: "devices",
        header: () => t("devices"),
        meta: { align: "end" },
        cell: ({ row }) =>
          `${format.number(row.original.onlineCount)} / ${format.number(row.original.deviceCount)}`,
      },
    ],
    [t, format],
  );
  const canAdd = useCanEverywhere()("site.write");
  return (
    <EditablePanel
      title={t("title")}
      query={sites}
      what={t("reading")}
      empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      columns={columns}
      phoneRow={({ name, timeZone }) => (
        <span className={styles.lines}>
          <span className="strong">{name}</span>
          <span className="tertiary small">{timeZone}</span>
        </span>
      )}
      add={canAdd ? t("add") : undefined}
      canEdit={canWrite}
      editor={(site, onClose) => <SiteDialog site={site} onClose={onClose} />}
    />
  );
}

const AGAIN = [devices.listSites, devices.listDevices, devices.fleet] as const;

function SiteDialog(props: { site: devices.Site | undefined; onClose: () => void }) {
  const t = useTranslations("settings.sites");
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const { site, onClose } = props;
  const [name, setName] = useState(site?.name ?? "");
  const format = useFormat();
  const [timeZone, setTimeZone] = useState(site?.timeZone ?? format.timeZone);
  const [removing, setRemoving] = useState(false);
  const create = useCall(devices.createSite, AGAIN);
  const update = useCall(devices.updateSite, AGAIN);
  const error = create.error ?? update.error;
  const body = { name: name.trim(), timeZone };
  const save = () =>
    site === undefined
      ? create.mutate({ body }, { onSuccess: onClose })
      : update.mutate({ params: { id: site.id }, body }, { onSuccess: onClose });
  return (
    <Modal
      opened
      onClose={onClose}
      title={site === undefined ? t("add") : t("edit")}
      size={420}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (body.name !== "") save();
        }}
      >
        <TextInput
          label={t("name")}
          value={name}
          maxLength={120}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Autocomplete
          label={t("timeZone")}
          data={[...TIME_ZONES]}
          limit={40}
          value={timeZone}
          onChange={setTimeZone}
        />
        <DialogFoot
          error={error === null ? undefined : errorText(error)}
          start={
            site !== undefined && (
              <Button variant="default" onClick={() => setRemoving(true)}>
                {t("delete")}
              </Button>
            )
          }
        >
          <Button type="submit" disabled={body.name === ""} loading={create.isPending || update.isPending}>
            {site === undefined ? t("create") : t("save")}
          </Button>
        </DialogFoot>
      </form>
      {removing && site !== undefined && (
        <DeleteSite site={site} onClose={() => setRemoving(false)} onDeleted={onClose} />
      )}
    </Modal>
  );
}

function DeleteSite(props: { site: devices.Site; onClose: () => void; onDeleted: () => void }) {
  const t = useTranslations("settings.sites");
  const errorText = useErrorText();
  const remove = useCall(devices.deleteSite, AGAIN);
  const { id, name } = props.site;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("deleteTitle", { name })}
      act={t("deleteAct", { name })}
      busy={remove.isPending}
      error={remove.error === null ? undefined : errorText(remove.error)}
      onConfirm={() => remove.mutate({ params: { id } }, { onSuccess: props.onDeleted })}
      onClose={props.onClose}
    >
      {t("deleteText")}
    </ConfirmDialog>
  );
}
