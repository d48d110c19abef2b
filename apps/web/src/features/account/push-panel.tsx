import { alerts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { ownFingerprint, pushAbility, switchPushOff, switchPushOn } from "../../data/push.ts";
import { invalidate, query, useCall } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { useFailureText } from "../../design/failure-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./account.module.css";
import { PushChoices } from "./push-choices.tsx";

type Device = alerts.PushDevice;

/** In which browsers one is told of alerts by push, of which, and when not. */
export function PushPanel() {
  const t = useTranslations("push");
  const push = useQuery(query(alerts.getPush, {}));
  const own = useQuery({
    queryKey: ["own push browser"],
    queryFn: async () => (await ownFingerprint()) ?? null,
  });
  const isHere = ({ fingerprint }: Device) => fingerprint === own.data;
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} flush>
      <QueryView query={push} what={t("reading")}>
        {(read) => (
          <>
            <ThisBrowser
              publicKey={read.publicKey}
              device={read.devices.find(isHere)}
              onChange={() => void own.refetch()}
            />
            {read.channels === 0 && <p className={`${styles.inset} secondary small`}>{t("noChannel")}</p>}
            {read.devices.length > 0 && <Devices devices={read.devices} isHere={isHere} />}
            <PushChoices key={JSON.stringify(read.choices)} choices={read.choices} />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function ThisBrowser(props: { publicKey: string; device: Device | undefined; onChange: () => void }) {
  const t = useTranslations("push");
  const errorText = useErrorText();
  const { person } = useMe();
  const remove = useCall(alerts.removePushDevice, [alerts.getPush]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ability = pushAbility();
  const { device } = props;
  const run = async (work: () => Promise<string | undefined>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      setProblem(await work());
    } catch (error) {
      setProblem(isApiError(error) ? errorText(error) : t("noService"));
    }
    setBusy(false);
    await invalidate(alerts.getPush);
    props.onChange();
  };
  const on = () =>
    run(async () => ((await switchPushOn(props.publicKey, person.id)) ? undefined : t("refused")));
  const off = () =>
    run(async () => {
      await switchPushOff();
      if (device !== undefined) await remove.mutateAsync({ params: { id: device.id } });
      return undefined;
    });
  return (
    <div className={`${styles.inset} stack stack-tight`}>
      <p>{ability === "able" ? t(device === undefined ? "able.off" : "able.on") : t(`able.${ability}`)}</p>
      {problem !== undefined && (
        <p role="alert" className="warn small">
          {problem}
        </p>
      )}
      {ability === "able" && (
        <div>
          <Button
            variant={device === undefined ? "filled" : "default"}
            loading={busy}
            onClick={() => void (device === undefined ? on() : off())}
          >
            {t(device === undefined ? "switchOn" : "switchOff")}
          </Button>
        </div>
      )}
      <p className="tertiary tiny">{t("sessions")}</p>
    </div>
  );
}

function Devices(props: { devices: readonly Device[]; isHere: (device: Device) => boolean }) {
  const t = useTranslations("push");
  const format = useFormat();
  const { devices, isHere } = props;
  const columns = useMemo<Column<Device>[]>(
    () => [
      {
        id: "browser",
        header: () => t("column.browser"),
        cell: ({ row }) => <Name device={row.original} here={isHere(row.original)} />,
      },
      {
        id: "since",
        header: () => t("column.since"),
        cell: ({ row }) => format.dateMinute(row.original.createdMs),
      },
      { id: "told", header: () => t("column.told"), cell: ({ row }) => <Told device={row.original} /> },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("column.act")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <Acts device={row.original} />,
      },
    ],
    [t, format, isHere],
  );
  return (
    <DataTable
      label={t("title")}
      rows={[...devices]}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(device) => (
        <span className={styles.lines}>
          <Name device={device} here={isHere(device)} />
          <Told device={device} />
          <Acts device={device} />
        </span>
      )}
    />
  );
}

function Name(props: { device: Device; here: boolean }) {
  const t = useTranslations("push");
  return (
    <span className="row">
      <span className="strong anywhere">{props.device.label}</span>
      {props.here && <Tag tone="accent">{t("here")}</Tag>}
    </span>
  );
}

function Told(props: { device: Device }) {
  const t = useTranslations("push");
  const format = useFormat();
  const { failures, lastOkMs } = props.device;
  return (
    <span className={styles.lines}>
      <span>{lastOkMs === undefined ? t("never") : format.dateMinute(lastOkMs)}</span>
      {failures > 0 && <span className="warn small">{t("failing", { count: failures })}</span>}
    </span>
  );
}

function Acts(props: { device: Device }) {
  const t = useTranslations("push");
  const errorText = useErrorText();
  const failureText = useFailureText();
  const { id, label } = props.device;
  const test = useCall(alerts.testPushDevice, [alerts.getPush]);
  const remove = useCall(alerts.removePushDevice, [alerts.getPush]);
  const say = (message: string, isWell: boolean) =>
    notifications.show({ message, ...(isWell ? {} : { color: "red" }) });
  const run = () =>
    test.mutate(
      { params: { id }, body: {} },
      {
        onSuccess: ({ failure, ok }) =>
          say(
            ok || failure === undefined ? t("testOk") : t("testFailed", { detail: failureText(failure) }),
            ok,
          ),
        onError: (error) => say(errorText(error), false),
      },
    );
  return (
    <span className="row">
      <Button
        variant="default"
        loading={test.isPending}
        aria-label={t("testOne", { name: label })}
        onClick={run}
      >
        {t("test")}
      </Button>
      <Button
        variant="default"
        loading={remove.isPending}
        aria-label={t("removeOne", { name: label })}
        onClick={() => remove.mutate({ params: { id } })}
      >
        {t("remove")}
      </Button>
    </span>
  );
}
