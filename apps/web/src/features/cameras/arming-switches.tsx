import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconShield, IconShieldOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { DevicePlace } from "../devices/device-place.tsx";
import styles from "./arming-switches.module.css";

const RENEW_MS = 15_000;
const HOUR_MS = 3_600_000;
/** How long a switch may be for; 0 until somebody switches it again. */
const HOURS = [0, 1, 8, 24] as const;

/** One switch for each site with cameras that follow it; nothing where no camera does. */
export function ArmingSwitches(props: { items: readonly cameras.Camera[] }) {
  const following = props.items.filter(
    ({ settings: { detection } }) => detection.enabled && detection.arming === "site",
  );
  const sites = new Map(following.map(({ siteId, siteName }) => [siteId, siteName]));
  return [...sites].map(([siteId, name]) => (
    <DevicePlace key={siteId} place={{ siteId }}>
      <ArmingSwitch siteId={siteId} name={name} />
    </DevicePlace>
  ));
}

function ArmingSwitch(props: { siteId: string; name: string }) {
  const t = useTranslations("arming");
  const can = useCan();
  const format = useFormat();
  const params = { id: props.siteId };
  const { data } = useQuery({ ...query(cameras.getSiteArming, { params }), refetchInterval: RENEW_MS });
  if (data === undefined) return null;
  const { armed, byName, sinceMs, untilMs } = data;
  const icon = armed ? <IconShield size={15} stroke={1.6} /> : <IconShieldOff size={15} stroke={1.6} />;
  return (
    <fieldset className={styles.switch} aria-label={t("site", { name: props.name })}>
      <span className={armed ? styles.armed : styles.disarmed}>
        {icon}
        <span>
          {t(armed ? "armed" : "disarmed", { name: props.name })}
          {untilMs !== undefined && ` ${t("until", { time: format.dateMinute(untilMs) })}`}
        </span>
      </span>
      {byName !== undefined && sinceMs !== undefined && (
        <span className={styles.by}>{t("by", { name: byName, time: format.dateMinute(sinceMs) })}</span>
      )}
      {can("arming.write") && <ArmingMenu siteId={props.siteId} armed={armed} />}
    </fieldset>
  );
}

function ArmingMenu(props: { siteId: string; armed: boolean }) {
  const t = useTranslations("arming");
  const errorText = useErrorText();
  const save = useCall(cameras.setSiteArming, [cameras.getSiteArming]);
  const armed = !props.armed;
  const change = (hours: (typeof HOURS)[number]) =>
    save.mutate(
      {
        params: { id: props.siteId },
        body: { armed, ...(hours === 0 ? {} : { untilMs: systemClock.nowMs() + hours * HOUR_MS }) },
      },
      { onError: (error) => notifications.show({ message: errorText(error), color: "red" }) },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-sm" loading={save.isPending}>
          {t(armed ? "arm" : "disarm")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {HOURS.map((hours) => (
          <Menu.Item key={hours} onClick={() => change(hours)}>
            {hours === 0 ? t("forGood") : t("forHours", { count: hours })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
