import { devices, trust } from "@gatehouse/contract";
import { isCameraType } from "@gatehouse/device-types";
import { ActionIcon, Button, Menu } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import {
  IconCopy,
  IconDeviceCctv,
  IconDots,
  IconKey,
  IconLock,
  IconLockOpen,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLiveDeviceStatus, useLiveReading } from "../../data/live-values.ts";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { DeviceState } from "../../design/device-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { useSince } from "./last-value.tsx";
import { lastReading, mainMetric } from "./metrics.ts";
import { NewKeyDialog } from "./new-key.tsx";
import { TrustMark } from "./trust-mark.tsx";
import { useTypeName } from "./type-icon.tsx";

type Device = devices.Device;

/** Name, state, type, one sentence about it, and what can be done with it. */
export function DeviceHeader(props: { device: Device }) {
  const typeName = useTypeName();
  const { device } = props;
  return (
    <header className={styles.header}>
      <div className={styles.headline}>
        <h1 className="page-title anywhere">{device.name}</h1>
        <HeaderState device={device} />
        <Tag>{typeName(device.typeId)}</Tag>
        <HeaderTrust device={device} />
      </div>
      <Actions device={device} />
      <p className={`${styles.description} secondary`}>
        <Description device={device} />
      </p>
    </header>
  );
}

/** From what the tab of the same name reads, so that both say the same; until that is read, as the device has it. */
function HeaderTrust(props: { device: Device }) {
  const { id, trust: known } = props.device;
  const { data } = useQuery(query(trust.getDeviceTrust, { params: { id } }));
  const now = data && { score: data.score, quarantined: data.quarantine !== undefined };
  return <TrustMark trust={now ?? known} />;
}

function HeaderState(props: { device: Device }) {
  const t = useTranslations();
  const since = useSince();
  const { device } = props;
  const status = useLiveDeviceStatus(device.id, device.status);
  const metric = mainMetric(device)?.key ?? "";
  const reading = useLiveReading(device.id, metric, lastReading(device, metric));
  if (reading === undefined || status === "revoked") return <DeviceState status={status} />;
  return (
    <DeviceState status={status}>
      {t("devices.page.lastReading", {
        status: t(`common.device.${status}`),
        when: since(reading.tsMs),
      })}
    </DeviceState>
  );
}

function Description(props: { device: Device }) {
  const t = useTranslations("devices.page");
  const format = useFormat();
  const { device } = props;
  const place = [device.label, device.siteName].filter((part) => part !== "").join(", ");
  const { gateway, via, address = "" } = device;
  const connected = device.status === "online" && via !== undefined && address !== "";
  return (
    <>
      {place}. {t("addedOn", { date: format.date(device.createdMs) })}{" "}
      {device.demo ? t("demo") : connected && t("via", { via: via.toUpperCase(), address })}{" "}
      {gateway !== undefined &&
        t.rich("gateway", {
          name: gateway.name,
          link: (name) => (
            <Link
              to="/devices/$deviceId/{-$tab}"
              params={{ deviceId: gateway.id, tab: undefined }}
              className="link"
            >
              {name}
            </Link>
          ),
        })}
    </>
  );
}

function Actions(props: { device: Device }) {
  const t = useTranslations("devices.page");
  const can = useCan();
  const clipboard = useClipboard();
  const { device } = props;
  const tabLink = (tab: string) => ({
    to: "/devices/$deviceId/{-$tab}" as const,
    params: { deviceId: device.id, tab },
  });
  return (
    <div className={styles.actions}>
      {isCameraType(device.typeId) && can("camera.view") && (
        <ButtonLink
          to="/cameras/$cameraId/{-$tab}"
          params={{ cameraId: device.id, tab: undefined }}
          variant="default"
          leftSection={<IconDeviceCctv size={15} />}
        >
          {t("watch")}
        </ButtonLink>
      )}
      {can("device.credentials") &&
        (device.revokedMs === undefined ? (
          <RevokeButton device={device} />
        ) : (
          <ReinstateButton device={device} />
        ))}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" aria-label={t("more")}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => clipboard.copy(device.id)}>
            {t("copyId")}
          </Menu.Item>
          {can("device.credentials") && (
            <Menu.Item
              leftSection={<IconKey size={15} />}
              renderRoot={(root) => <Link {...root} {...tabLink("credentials")} />}
            >
              {t("rotate")}
            </Menu.Item>
          )}
          {can("device.write") && (
            <Menu.Item
              leftSection={<IconTrash size={15} />}
              color="var(--danger)"
              renderRoot={(root) => <Link {...root} {...tabLink("settings")} />}
            >
              {t("delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Asks, then ends every credential of the device. */
export function RevokeButton(props: { device: Device; label?: string }) {
  const t = useTranslations("devices.page");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const revoke = useCall(devices.revokeDevice, [
    devices.getDevice,
    devices.listCredentials,
    devices.listDevices,
    devices.deviceFacets,
  ]);
  const { device } = props;
  return (
    <>
      <Button variant="default" leftSection={<IconLock size={15} />} onClick={() => setAsking(true)}>
        {props.label ?? t("revoke")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("revokeTitle", { name: device.name })}
        act={t("revokeAct", { name: device.name })}
        destructive
        busy={revoke.isPending}
        error={revoke.error === null ? undefined : errorText(revoke.error)}
        onConfirm={() => revoke.mutate({ params: { id: device.id } }, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t("revokeText")}
      </ConfirmDialog>
    </>
  );
}

function ReinstateButton(props: { device: Device }) {
  const t = useTranslations("devices.page");
  const reinstate = useCall(devices.reinstateDevice, [devices.getDevice, devices.listCredentials]);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconLockOpen size={15} />}
        loading={reinstate.isPending}
        onClick={() => reinstate.mutate({ params: { id: props.device.id } })}
      >
        {t("reinstate")}
      </Button>
      {reinstate.data !== undefined && (
        <NewKeyDialog name={props.device.name} apiKey={reinstate.data.apiKey} onClose={reinstate.reset} />
      )}
    </>
  );
}
