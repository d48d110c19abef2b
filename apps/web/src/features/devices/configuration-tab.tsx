import { type devices, remoteSettings } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { SettingsEditor } from "./settings-editor.tsx";
import { SettingsVersions } from "./settings-versions.tsx";

type View = remoteSettings.RemoteSettings;

const RENEW_MS = 15_000;
/** While somebody waits for the machine to take what they set. */
const RENEW_SOON_MS = 2_000;

const TONES: Readonly<Record<View["state"], Tone>> = {
  none: "neutral",
  pending: "warn",
  applied: "ok",
  refused: "danger",
  ahead: "warn",
};

/** Settings that the server sets on this machine: what is wanted, what is in force, earlier versions. */
export function ConfigurationTab(props: { device: devices.Device }) {
  const t = useTranslations("remoteSettings");
  const { device } = props;
  const read = useQuery({
    ...query(remoteSettings.getRemoteSettings, { params: { id: device.id } }),
    refetchInterval: ({ state }) => (state.data?.state === "pending" ? RENEW_SOON_MS : RENEW_MS),
  });
  return (
    <QueryView query={read} what={t("reading")}>
      {(view) => (
        <div className={styles.columns}>
          <div className={`stack ${styles.first}`}>
            <Standing view={view} />
            <OwnersOnly view={view} />
          </div>
          <div className={`stack ${styles.second}`}>
            <SettingsEditor device={device} view={view} />
            <SettingsVersions device={device} newest={view.wanted?.version ?? 0} />
          </div>
        </div>
      )}
    </QueryView>
  );
}

function Standing(props: { view: View }) {
  const t = useTranslations("remoteSettings");
  const format = useFormat();
  const { state, wanted, refusedReason, device } = props.view;
  return (
    <Panel title={t("standing")} end={<Tag tone={TONES[state]}>{t(`state.${state}`)}</Tag>}>
      <div className="stack">
        <p role="status" className={state === "refused" ? "danger" : "secondary small"}>
          {t(`stateText.${state}`, { reason: refusedReason ?? "" })}
        </p>
        {device?.takes === false && <p className="warn small">{t("takesNone")}</p>}
        <dl className="facts">
          {wanted !== undefined && (
            <>
              <dt>{t("wanted")}</dt>
              <dd>
                {t("wantedBy", { version: wanted.version, name: wanted.byName })}
                <br />
                <span className="tertiary small">{format.dateMinute(wanted.atMs)}</span>
              </dd>
            </>
          )}
          {device !== undefined && (
            <>
              <dt>{t("has")}</dt>
              <dd>{device.version === 0 ? t("ownFile") : t("hasVersion", { version: device.version })}</dd>
              <dt>{t("heard")}</dt>
              <dd>{format.dateMinute(device.atMs)}</dd>
            </>
          )}
        </dl>
        {device === undefined && <p className="tertiary small">{t("neverHeard")}</p>}
      </div>
    </Panel>
  );
}

/** What the machine does for others is allowed on the machine alone: it is shown, and never edited. */
function OwnersOnly(props: { view: View }) {
  const t = useTranslations("remoteSettings");
  const { device } = props.view;
  if (device === undefined) return null;
  const names = (list: readonly string[]) =>
    list.length === 0 ? <span className="tertiary">{t("nothing")}</span> : list.join(", ");
  return (
    <Panel title={t("owner")}>
      <div className="stack">
        <p className="secondary small">{t("ownerText")}</p>
        <dl className="facts">
          <dt>{t("commands")}</dt>
          <dd className="mono">{names(device.commands)}</dd>
          <dt>{t("leds")}</dt>
          <dd className="mono">{names(device.leds)}</dd>
        </dl>
      </div>
    </Panel>
  );
}
