import { findDeviceType } from "@gatehouse/device-types";
import {
  IconBraces,
  IconBulb,
  IconCamera,
  IconCpu,
  IconDoor,
  IconGauge,
  IconPlug,
  IconRouter,
  IconTemperature,
  IconVideo,
  type TablerIcon,
} from "@tabler/icons-react";
import { useLocale } from "use-intl";

/** The icons that device types name. */
const ICONS: Readonly<Record<string, TablerIcon>> = {
  temperature: IconTemperature,
  plug: IconPlug,
  bulb: IconBulb,
  door: IconDoor,
  gauge: IconGauge,
  router: IconRouter,
  camera: IconCamera,
  video: IconVideo,
  braces: IconBraces,
};

/** Decorative: the type's name stands beside it. */
export function TypeIcon(props: { typeId: string; size?: number }) {
  const Icon = ICONS[findDeviceType(props.typeId)?.icon ?? ""] ?? IconCpu;
  return <Icon size={props.size ?? 16} stroke={1.6} aria-hidden="true" />;
}

/** The type's name; an unknown type shows its id. */
export function useTypeName(): (typeId: string) => string {
  const locale = useLocale();
  return (typeId) => findDeviceType(typeId)?.label[locale] ?? typeId;
}
