import type { cameras } from "@gatehouse/contract";
import type { CameraOrders } from "@gatehouse/device-types/camera-words";

/** What a camera that judges its pictures itself is told of its settings. */
export function ordersOf({
  enabled,
  maxFramesPerSecond,
  masks,
  motion,
}: cameras.CameraSettings): CameraOrders {
  // It sees what the masks hide; nothing that moves there may make an event.
  const hidden = masks.map((area) => ({ name: "", kind: "ignore" as const, area }));
  const { sensitivity, zones } = motion;
  return {
    kind: "camera",
    enabled,
    maxFramesPerSecond,
    as: masks.length > 0 ? "jpeg" : "copy",
    ...(motion.enabled ? { motion: { sensitivity, zones: [...zones, ...hidden] } } : {}),
  };
}
