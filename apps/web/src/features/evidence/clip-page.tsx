import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { query } from "../../data/query.ts";
import { isMissing, Missing } from "../../design/missing.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useIsPhone } from "../../design/viewport.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { titleOf } from "../cameras/camera-title.ts";
import { DevicePlace } from "../devices/device-place.tsx";
import { ClipPhone } from "./clip-phone.tsx";
import { ClipView } from "./clip-view.tsx";
import { useClip } from "./use-clip.ts";

const GOES_ON_MS = 3_000;
const RENEW_MS = 10_000;

/** One event before a camera: its pictures as this browser opened and checked them, who touched it, and the verdict. */
export function ClipPage() {
  const t = useTranslations("evidence.page");
  const { eventId = "" } = useParams({ strict: false });
  const event = useQuery({
    ...query(cameras.getCameraEvent, { params: { id: eventId } }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && state.data.endMs === undefined ? GOES_ON_MS : RENEW_MS,
  });
  if (isMissing(event.error)) return <Missing title={t("missing")} to="/cameras/clips" back={t("back")} />;
  return (
    <QueryView query={event} what={t("reading")}>
      {(found) => (
        <AtCamera key={found.id} event={found}>
          {(camera) => <OneClip event={found} camera={camera} />}
        </AtCamera>
      )}
    </QueryView>
  );
}

/** Times are those of the camera's site, and what may be done is what may be done there. */
function AtCamera(props: {
  event: cameras.CameraEvent;
  children: (camera: cameras.Camera | undefined) => ReactNode;
}) {
  const camera = useQuery(query(cameras.getCamera, { params: { id: props.event.cameraId } }));
  if (camera.isPending) return null;
  const inside = props.children(camera.data);
  if (camera.data === undefined) return inside;
  const { id: deviceId, siteId } = camera.data;
  return (
    <DevicePlace place={{ siteId, deviceId }} namesZone>
      {inside}
    </DevicePlace>
  );
}

function OneClip(props: { event: cameras.CameraEvent; camera: cameras.Camera | undefined }) {
  const format = useFormat();
  const isPhone = useIsPhone();
  const { event, camera } = props;
  const title = titleOf({ name: event.cameraName, label: event.cameraLabel });
  usePageTitle(`${title}, ${format.clock(event.startMs)}`);
  const clip = useClip(event, camera);
  const parts = { event, camera, clip, title };
  return isPhone ? <ClipPhone {...parts} /> : <ClipView {...parts} />;
}
