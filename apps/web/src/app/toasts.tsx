import { MantineThemeProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";
import { useTranslations } from "use-intl";
import { useIsPhone } from "../design/viewport.ts";

/** Where `notifications.show(…)` appears: on a phone away from the tabs and acts at the foot. Downloaded after the first page. */
export default function Toasts() {
  const t = useTranslations("common.action");
  const phone = useIsPhone();
  const closeButtonProps = { "aria-label": t("close") };
  return (
    <MantineThemeProvider theme={{ components: { Notification: { defaultProps: { closeButtonProps } } } }}>
      <Notifications position={phone ? "top-center" : "bottom-right"} transitionDuration={120} />
    </MantineThemeProvider>
  );
}
