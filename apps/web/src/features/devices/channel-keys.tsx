import { channel, type devices } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { useSince } from "./last-value.tsx";

type Key = channel.DeviceKeyBundle;

const TONES: Readonly<Record<Key["state"], Tone>> = { active: "ok", overlap: "warn", revoked: "neutral" };

/** The device's key bundles, newest first. */
export function ChannelKeys(props: { device: devices.Device; keys: readonly Key[]; mayChange: boolean }) {
  const t = useTranslations("channel.keys");
  const { device, keys, mayChange } = props;
  const columns = useMemo<Column<Key>[]>(
    () => [
      {
        id: "keyId",
        header: t("keyId"),
        cell: ({ row }) => (
          <span className={`stack stack-tight ${styles.tall}`}>
            <span className="mono strong">{row.original.keyId}</span>
            <Origin of={row.original} />
          </span>
        ),
      },
      {
        id: "fingerprints",
        header: t("fingerprints"),
        cell: ({ row }) => <Fingerprints of={row.original} />,
      },
      { id: "state", header: t("state"), cell: ({ row }) => <State of={row.original} /> },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("act")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => mayChange && <EndKey device={device} of={row.original} />,
      },
    ],
    [t, device, mayChange],
  );
  return (
    <DataTable
      label={t("title")}
      rows={keys}
      rowId={({ keyId }) => keyId}
      columns={columns}
      phoneRow={(key) => (
        <span className="stack stack-tight">
          <span className="row row-wrap row-between">
            <span className="mono strong">{key.keyId}</span>
            <State of={key} />
          </span>
          <Origin of={key} />
          <Fingerprints of={key} />
        </span>
      )}
      phoneEnd={(key) => mayChange && <EndKey device={device} of={key} />}
    />
  );
}

function Origin(props: { of: Key }) {
  const t = useTranslations("channel");
  const format = useFormat();
  const { suite, origin, createdMs, software } = props.of;
  return (
    <span className={`tertiary tiny ${styles.origin}`}>
      <span>
        {t(`suite.${suite}`)} · {format.date(createdMs)}, {t(`keys.origin.${origin}`)}
      </span>
      {software !== undefined && <span className="anywhere">{software}</span>}
    </span>
  );
}

function Fingerprints(props: { of: Key }) {
  const t = useTranslations("channel.keys");
  const { agreementFingerprint, signingFingerprint } = props.of;
  return (
    <span className="stack stack-tight tiny">
      <span>
        <span className="tertiary">{t("agreement")} </span>
        <span className="mono anywhere">{agreementFingerprint}</span>
      </span>
      <span>
        <span className="tertiary">{t("signing")} </span>
        <span className="mono anywhere">{signingFingerprint}</span>
      </span>
    </span>
  );
}

function State(props: { of: Key }) {
  const t = useTranslations("channel.keys");
  const format = useFormat();
  const since = useSince();
  const { state, validUntilMs, revokedMs, lastUsedMs, createdMs } = props.of;
  const atMs = state === "overlap" ? validUntilMs : revokedMs;
  return (
    <span className="stack stack-tight">
      <span>
        <Tag tone={TONES[state]}>{t(`stateOf.${state}`)}</Tag>
      </span>
      <span className="tertiary tiny nowrap">
        {state === "active"
          ? t("usedAgo", { when: since(lastUsedMs) })
          : t(`since.${state}`, { when: format.date(atMs ?? createdMs) })}
      </span>
    </span>
  );
}

/** An old key is ended, the one in use is revoked; both are for good. */
function EndKey(props: { device: devices.Device; of: Key }) {
  const t = useTranslations("channel.keys");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const { device, of } = props;
  const isOld = of.state === "overlap";
  const end = useCall(isOld ? channel.endDeviceKey : channel.revokeDeviceKey, [channel.getDeviceSecurity]);
  if (of.state === "revoked") return null;
  const what = isOld ? "end" : "revoke";
  return (
    <>
      <Button variant="subtle" size="compact-xs" onClick={() => setAsking(true)}>
        {t(what)}
      </Button>
      <ConfirmDialog
        opened={asking}
        destructive
        title={t(`${what}Title`)}
        act={t(`${what}Act`)}
        busy={end.isPending}
        error={end.error === null ? undefined : errorText(end.error)}
        onConfirm={() =>
          end.mutate({ params: { id: device.id, keyId: of.keyId } }, { onSuccess: () => setAsking(false) })
        }
        onClose={() => setAsking(false)}
      >
        {t(`${what}Text`, { keyId: of.keyId, name: device.name })}
      </ConfirmDialog>
    </>
  );
}
