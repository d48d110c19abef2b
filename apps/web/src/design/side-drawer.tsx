import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useIsPhone } from "./viewport.ts";

/** One thing of a list beside the list; on a phone the whole screen. */
export function SideDrawer(props: {
  title: ReactNode;
  size?: number;
  /** A click beside it does not close it: what it shows would be lost. */
  keepOpen?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useTranslations("common.action");
  const phone = useIsPhone();
  return (
    <Drawer
      opened
      onClose={props.onClose}
      closeOnClickOutside={props.keepOpen !== true}
      title={props.title}
      position="right"
      size={phone ? "100%" : (props.size ?? 460)}
      transitionProps={{ duration: 180 }}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {props.children}
    </Drawer>
  );
}
