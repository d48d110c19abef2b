import type { operations } from "@gatehouse/contract";
import {
  IconAlertTriangle,
  IconBellRinging,
  IconCertificate,
  IconCloudOff,
  IconDatabaseExport,
  IconFingerprintOff,
  IconHistory,
  IconInfoCircle,
  IconLifebuoy,
  IconLockOpen,
  IconMailOff,
  IconPasswordUser,
  IconPlugConnected,
  IconPlugConnectedX,
  IconQrcode,
  IconShieldQuestion,
  IconShieldX,
  IconTimelineEventExclamation,
  IconUserPlus,
  IconUsersGroup,
  IconVideoOff,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useFailureText } from "../../design/failure-text.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./overview.module.css";

type Need = operations.Overview["needsYou"][number];

const KINDS = {
  alert: { icon: IconAlertTriangle, act: "open" },
  device_offline: { icon: IconPlugConnectedX, act: "open" },
  channel_failing: { icon: IconBellRinging, act: "review" },
  outbox_dead: { icon: IconMailOff, act: "review" },
  mail_limit: { icon: IconMailOff, act: "review" },
  sms_limit: { icon: IconMailOff, act: "review" },
  claim_pending: { icon: IconQrcode, act: "open" },
  sign_up_waiting: { icon: IconUserPlus, act: "review" },
  approval_waiting: { icon: IconUsersGroup, act: "review" },
  no_device: { icon: IconPlugConnected, act: "add" },
  no_channel: { icon: IconBellRinging, act: "setUp" },
  certificate_expiring: { icon: IconCertificate, act: "review" },
  restored: { icon: IconHistory, act: "review" },
  seam_unacknowledged: { icon: IconTimelineEventExclamation, act: "review" },
  recovery_kit_missing: { icon: IconLifebuoy, act: "setUp" },
  witness_refused: { icon: IconFingerprintOff, act: "review" },
  witness_silent: { icon: IconFingerprintOff, act: "review" },
  login_attacked: { icon: IconPasswordUser, act: "review" },
  logins_attacked: { icon: IconPasswordUser, act: "review" },
  device_quarantined: { icon: IconShieldX, act: "review" },
  quarantine_suggested: { icon: IconShieldQuestion, act: "review" },
  recording_disk_full: { icon: IconVideoOff, act: "review" },
  recording_pinned_full: { icon: IconVideoOff, act: "review" },
  recording_failed: { icon: IconVideoOff, act: "review" },
  recording_pins_over: { icon: IconVideoOff, act: "review" },
  offsite_failing: { icon: IconCloudOff, act: "review" },
  backup_missing: { icon: IconDatabaseExport, act: "setUp" },
  plain_http: { icon: IconLockOpen, act: "setUp" },
  other: { icon: IconInfoCircle, act: "open" },
} as const satisfies Record<string, { icon: TablerIcon; act: "open" | "add" | "setUp" | "review" }>;

type Kind = keyof typeof KINDS;
const kindOf = (kind: string): Kind => (Object.hasOwn(KINDS, kind) ? (kind as Kind) : "other");

const SHOWN = 5;
const RENEW_MS = 10_000;

/** One list of what waits for somebody, sorted by the server, one button a line. */
export function NeedsYou(props: { needs: readonly Need[] }) {
  const t = useTranslations("overview.needs");
  const format = useFormat();
  const { needs } = props;
  return (
    <Panel
      title={t("title")}
      {...(needs.length > 0 ? { subtitle: t("count", { count: format.number(needs.length) }) } : {})}
      flush
    >
      {needs.length === 0 ? (
        <EmptyState title={t("none")}>{t("noneText")}</EmptyState>
      ) : (
        <ul className={styles.needs}>
          {needs.slice(0, SHOWN).map((need) => (
            <Line key={`${need.kind} ${need.alertId ?? need.deviceId ?? need.text ?? ""}`} need={need} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Line(props: { need: Need }) {
  const t = useTranslations("overview.needs");
  const format = useFormat();
  const failureText = useFailureText();
  const nowMs = useNow(RENEW_MS);
  const { need } = props;
  const kind = kindOf(need.kind);
  const { icon: Icon, act } = KINDS[kind];
  const tone = need.severity === "critical" ? "danger" : need.severity === "warning" ? "warn" : "tertiary";
  return (
    <li className={styles.need}>
      <span className={`${styles.needIcon} ${tone}`}>
        <Icon size={22} stroke={1.6} aria-hidden="true" />
      </span>
      <div className="grow">
        <p className="strong truncate">{useTitle(kind, need)}</p>
        <p className="secondary small truncate">
          {need.failure === undefined ? t(`why.${kind}`) : failureText(need.failure)}
        </p>
      </div>
      {need.atMs !== undefined && (
        <span className="tertiary small nowrap">{format.duration(Math.max(0, nowMs - need.atMs))}</span>
      )}
      <Go need={need} kind={kind}>
        {t(`act.${act}`)}
      </Go>
    </li>
  );
}

function useTitle(kind: Kind, need: Need): string {
  const t = useTranslations("overview.needs.kind");
  const name = need.deviceName ?? need.text ?? "";
  if (kind === "alert") {
    if (need.text === undefined) return t("alertPlain");
    return need.deviceName === undefined ? need.text : t("alert", { name, text: need.text });
  }
  return t(kind, { name, count: need.count ?? 1 });
}

/** The part of a device's page that a line is about. */
const TABS = {
  claim_pending: "credentials",
  device_quarantined: "trust",
  quarantine_suggested: "trust",
  device_offline: undefined,
} as const;

/** Where a line's button leads. */
function Go(props: { need: Need; kind: Kind; children: string }) {
  const { need, kind, children } = props;
  const look = { variant: "default", className: styles.needButton ?? "" } as const;
  switch (kind) {
    case "alert":
      return (
        <ButtonLink {...look} to="/alerts" search={need.alertId === undefined ? {} : { alert: need.alertId }}>
          {children}
        </ButtonLink>
      );
    case "device_offline":
    case "claim_pending":
    case "device_quarantined":
    case "quarantine_suggested":
      return need.deviceId === undefined ? (
        <ButtonLink {...look} to="/devices">
          {children}
        </ButtonLink>
      ) : (
        <ButtonLink
          {...look}
          to="/devices/$deviceId/{-$tab}"
          params={{
            deviceId: need.deviceId,
            tab: TABS[kind],
          }}
        >
          {children}
        </ButtonLink>
      );
    case "sign_up_waiting":
      return (
        <ButtonLink {...look} to="/people">
          {children}
        </ButtonLink>
      );
    case "approval_waiting":
      return (
        <ButtonLink {...look} to="/approvals">
          {children}
        </ButtonLink>
      );
    case "no_device":
      return (
        <ButtonLink {...look} to="/devices/add">
          {children}
        </ButtonLink>
      );
    case "witness_refused":
    case "witness_silent":
      return (
        <ButtonLink {...look} to="/audit/witnesses">
          {children}
        </ButtonLink>
      );
    case "recording_disk_full":
    case "recording_pinned_full":
    case "recording_failed":
    case "recording_pins_over":
    case "offsite_failing":
      return (
        <ButtonLink {...look} to="/cameras/storage">
          {children}
        </ButtonLink>
      );
    case "login_attacked":
    case "logins_attacked":
      return (
        <ButtonLink {...look} to="/audit" search={{ kind: "login.attacked,login.refused" }}>
          {children}
        </ButtonLink>
      );
    case "seam_unacknowledged":
    case "recovery_kit_missing":
      return (
        <ButtonLink {...look} to="/settings/$section" params={{ section: "recovery" }}>
          {children}
        </ButtonLink>
      );
    case "restored":
      return (
        <ButtonLink {...look} to="/settings/$section" params={{ section: "channel" }}>
          {children}
        </ButtonLink>
      );
    case "outbox_dead":
    case "mail_limit":
    case "sms_limit":
      return (
        <ButtonLink {...look} to="/outbox">
          {children}
        </ButtonLink>
      );
    default:
      return (
        <ButtonLink {...look} to="/settings">
          {children}
        </ButtonLink>
      );
  }
}
