import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";

/** Where `notifications.show(…)` appears; downloaded after the first page. */
export default function Toasts() {
  return <Notifications position="bottom-right" transitionDuration={120} />;
}
