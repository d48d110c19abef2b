import type { devices, ReplyOf } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { Panel } from "../../design/panel.tsx";
import styles from "./add-device.module.css";
import { ClaimCode } from "./claim-code.tsx";
import { NewKey } from "./new-key.tsx";
import { SnippetTabs } from "./snippet-tabs.tsx";
import { WatchArrival } from "./watch-arrival.tsx";

export type Created = ReplyOf<typeof devices.createDevice>;

/** After a device is made: its key, ways to use it, and the first value arriving. */
export function ConnectDevice(props: { created: Created; onAnother: () => void }) {
  const t = useTranslations("devices.adding");
  const { device, key, claim } = props.created;
  return (
    <div className={styles.connect}>
      <div className="stack">
        {device.typeId === "camera" && <FetchedCamera deviceId={device.id} />}
        <Panel title={t("key")}>
          <NewKey apiKey={key.apiKey} />
        </Panel>
        <SnippetTabs target={{ deviceName: device.name, typeId: device.typeId, apiKey: key.apiKey }} />
        <Panel title={t("claimOr")}>
          <ClaimCode claim={claim} />
        </Panel>
      </div>
      <WatchArrival device={device} onAnother={props.onAnother} />
    </div>
  );
}

/** Cameras that cannot send: where to go instead. */
function FetchedCamera(props: { deviceId: string }) {
  const t = useTranslations("cameraSources.adding");
  const can = useCan();
  if (!can("camera.write")) return null;
  return (
    <Panel title={t("title")}>
      <div className="stack">
        <p className="secondary">{t("text")}</p>
        <div>
          <ButtonLink to="/cameras/$cameraId/{-$tab}" params={{ cameraId: props.deviceId, tab: "source" }}>
            {t("go")}
          </ButtonLink>
        </div>
      </div>
    </Panel>
  );
}
