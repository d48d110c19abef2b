import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";
import { useIsPhone } from "../design/viewport.ts";

/** Where `notifications.show(…)` appears: on a phone away from the tabs and acts at the foot. Downloaded after the first page. */
export default function Toasts() {
  const phone = useIsPhone();
  return <Notifications position={phone ? "top-center" : "bottom-right"} transitionDuration={120} />;
}
