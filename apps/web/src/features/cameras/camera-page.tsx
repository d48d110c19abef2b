import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { isMissing, Missing } from "../../design/missing.tsx";
import { PageTabs } from "../../design/page-tabs.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { DevicePlace } from "../devices/device-place.tsx";
import { useTypeName } from "../devices/type-icon.tsx";
import { CameraStateMark } from "./camera-state.tsx";
import { titleOf } from "./camera-title.ts";
import styles from "./cameras.module.css";
import { LiveTab } from "./live-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { SourceTab } from "./source/source-tab.tsx";

type Camera = cameras.Camera;

const RENEW_MS = 3_000;
const TABS = ["live", "settings", "source"] as const;
type TabName = (typeof TABS)[number];

/** One camera: large and live, how it does, and what it records, watches and hides. */
export function CameraPage() {
  const t = useTranslations("cameras.page");
  const { cameraId = "" } = useParams({ strict: false });
  const camera = useQuery({
    ...query(cameras.getCamera, { params: { id: cameraId } }),
    refetchInterval: RENEW_MS,
  });
  usePageTitle(camera.data && titleOf(camera.data));
  if (isMissing(camera.error)) return <Missing title={t("missing")} to="/cameras/live" back={t("back")} />;
  return (
    <QueryView query={camera} what={t("reading")}>
      {(data) => (
        <DevicePlace key={data.id} place={{ siteId: data.siteId, deviceId: data.id }}>
          <Header camera={data} />
          <Parts camera={data} />
        </DevicePlace>
      )}
    </QueryView>
  );
}

function Header(props: { camera: Camera }) {
  const t = useTranslations("cameras.page");
  const typeName = useTypeName();
  const can = useCan();
  const { camera } = props;
  return (
    <header className={styles.pageHead}>
      <div className={styles.headline}>
        <h1 className="page-title anywhere">{titleOf(camera)}</h1>
        <CameraStateMark state={camera.state} />
        <Tag>{typeName(camera.typeId)}</Tag>
        {titleOf(camera) !== camera.name && <span className="mono small secondary">{camera.name}</span>}
        <span className="secondary">
          {t("at", { site: camera.siteName })} {camera.demo && t("demo")}
        </span>
      </div>
      {can("device.read") && (
        <Link
          to="/devices/$deviceId/{-$tab}"
          params={{ deviceId: camera.id, tab: undefined }}
          className="link nowrap"
        >
          {t("device")}
        </Link>
      )}
    </header>
  );
}

function Parts(props: { camera: Camera }) {
  const t = useTranslations("cameras.page");
  const can = useCan();
  const navigate = useNavigate();
  const { tab } = useParams({ strict: false });
  const { camera } = props;
  const shown = TABS.filter((name) => name === "live" || can("camera.write"));
  const current: TabName = shown.find((name) => name === tab) ?? "live";
  return (
    <PageTabs
      label={t("tabs")}
      names={shown}
      current={current}
      text={(name) => t(`tab.${name}`)}
      onGo={(name) =>
        void navigate({
          to: "/cameras/$cameraId/{-$tab}",
          params: { cameraId: camera.id, tab: name === "live" ? undefined : name },
        })
      }
    >
      {current === "live" && <LiveTab camera={camera} />}
      {current === "settings" && <SettingsTab camera={camera} />}
      {current === "source" && <SourceTab camera={camera} />}
    </PageTabs>
  );
}
