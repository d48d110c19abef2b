import { cameras } from "@gatehouse/contract";
import { Tabs } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { isApiError } from "../../data/api-error.ts";
import { query } from "../../data/query.ts";
import { Here, useCan } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useTabLine } from "../../design/tab-line.ts";
import { Tag } from "../../design/tag.tsx";
import { SiteTime, useFormat } from "../../i18n/provider.tsx";
import { useTypeName } from "../devices/type-icon.tsx";
import { CameraStateMark } from "./camera-state.tsx";
import styles from "./cameras.module.css";
import { LiveTab } from "./live-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";

type Camera = cameras.Camera;

const RENEW_MS = 3_000;
const TABS = ["live", "settings"] as const;
type TabName = (typeof TABS)[number];

/** One camera: large and live, how it does, and what it records, watches and hides. */
export function CameraPage() {
  const t = useTranslations("cameras.page");
  const { cameraId = "" } = useParams({ strict: false });
  const camera = useQuery({
    ...query(cameras.getCamera, { params: { id: cameraId } }),
    refetchInterval: RENEW_MS,
  });
  usePageTitle(camera.data?.name);
  if (isApiError(camera.error) && [400, 404].includes(camera.error.status)) return <Missing />;
  return (
    <QueryView query={camera} what={t("reading")}>
      {(data) => <Loaded key={data.id} camera={data} />}
    </QueryView>
  );
}

function Missing() {
  const t = useTranslations("cameras.page");
  return (
    <>
      <h1 className="visually-hidden">{t("missing")}</h1>
      <EmptyState
        icon={<IconMapOff size={22} stroke={1.6} />}
        title={t("missing")}
        action={
          <ButtonLink to="/cameras/live" variant="default">
            {t("back")}
          </ButtonLink>
        }
      />
    </>
  );
}

/** Times on this page are those of the camera's site, and what may be done is what may be done there. */
function Loaded(props: { camera: Camera }) {
  const format = useFormat();
  const sites = useSites();
  const { id, siteId } = props.camera;
  const zone = sites?.find((site) => site.id === siteId)?.timeZone;
  return (
    <SiteTime timeZone={zone ?? format.timeZone}>
      <Here value={{ siteId, deviceId: id }}>
        <Header camera={props.camera} />
        <Parts camera={props.camera} />
      </Here>
    </SiteTime>
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
        <h1 className="page-title anywhere">{camera.name}</h1>
        <CameraStateMark state={camera.state} />
        <Tag>{typeName(camera.typeId)}</Tag>
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
  const line = useTabLine(current);
  const go = (name: string | null) =>
    void navigate({
      to: "/cameras/$cameraId/{-$tab}",
      params: { cameraId: camera.id, tab: name === "live" || name === null ? undefined : name },
    });
  return (
    <Tabs value={current} onChange={go} keepMounted={false}>
      <Tabs.List aria-label={t("tabs")} {...line}>
        {shown.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={current} pt="md">
        {current === "live" ? <LiveTab camera={camera} /> : <SettingsTab camera={camera} />}
      </Tabs.Panel>
    </Tabs>
  );
}
