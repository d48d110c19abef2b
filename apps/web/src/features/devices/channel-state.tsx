import { channel, type devices } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { ExemptDialog, ResetPinDialog } from "./channel-dialogs.tsx";
import styles from "./device.module.css";
import { useSince } from "./last-value.tsx";

/** What the channel of a device is and what it is held to. */
export function ChannelState(props: {
  device: devices.Device;
  security: channel.DeviceSecurity;
  mayChange: boolean;
}) {
  const t = useTranslations("channel.state");
  const suite = useTranslations("channel.suite");
  const format = useFormat();
  const since = useSince();
  const { device, security, mayChange } = props;
  const { keys, lastHandshakeMs, pin, policy } = security;
  const active = keys.find(({ state }) => state === "active");
  return (
    <Panel
      title={t("title")}
      end={
        <Tag tone={active === undefined ? "neutral" : "ok"}>{t(active === undefined ? "none" : "ready")}</Tag>
      }
    >
      <dl className="facts">
        <dt>{t("suite")}</dt>
        <dd>{active === undefined ? "–" : suite(`${active.suite}`)}</dd>
        <dt>{t("lastHandshake")}</dt>
        <dd>{lastHandshakeMs === undefined ? t("noHandshake") : since(lastHandshakeMs)}</dd>
        <dt>{t("pin")}</dt>
        <dd>
          {pin === undefined
            ? t("noPin")
            : t("pinSince", { suite: suite(`${pin.suite}`), when: format.date(pin.sinceMs) })}
        </dd>
        <dt>{t("allowed")}</dt>
        <dd>{policy.suites.map((one) => suite(`${one}`)).join(", ")}</dd>
        <dt>{t("policy")}</dt>
        <dd>
          {t(policy.required ? "required" : "optional")}
          {policy.exemptUntilMs !== undefined && (
            <span className="warn"> · {t("exempt", { when: format.date(policy.exemptUntilMs) })}</span>
          )}
        </dd>
      </dl>
      <Acts device={device} security={security} mayChange={mayChange} />
    </Panel>
  );
}

function Acts(props: { device: devices.Device; security: channel.DeviceSecurity; mayChange: boolean }) {
  const t = useTranslations("channel.state");
  const can = useCan();
  const [asking, setAsking] = useState<"pin" | "exempt">();
  const endExemption = useCall(channel.deletePolicyException, [
    channel.getDeviceSecurity,
    channel.getChannel,
  ]);
  const { device, security, mayChange } = props;
  const { pin, policy } = security;
  const mayExempt = can("settings.write") && policy.required;
  const close = () => setAsking(undefined);
  if (!mayExempt && (!mayChange || pin === undefined)) return null;
  return (
    <div className={`row row-wrap ${styles.factActs}`}>
      {mayChange && pin !== undefined && (
        <Button variant="default" onClick={() => setAsking("pin")}>
          {t("resetPin")}
        </Button>
      )}
      {mayExempt && policy.exemptUntilMs === undefined && (
        <Button variant="default" onClick={() => setAsking("exempt")}>
          {t("makeException")}
        </Button>
      )}
      {mayExempt && policy.exemptUntilMs !== undefined && (
        <Button
          variant="default"
          loading={endExemption.isPending}
          onClick={() => endExemption.mutate({ params: { id: device.id } })}
        >
          {t("endExemption")}
        </Button>
      )}
      {asking === "pin" && <ResetPinDialog device={device} onClose={close} />}
      {asking === "exempt" && <ExemptDialog device={device} onClose={close} />}
    </div>
  );
}
