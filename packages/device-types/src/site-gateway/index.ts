import { defineDeviceType } from "../device-type.ts";
import { linuxAgent } from "../linux-agent/index.ts";
import { DEVICES_HEARD, LINKS_OPEN } from "./metrics.ts";
import { simulateSiteGateway } from "./simulator.ts";

/**
 * A Linux machine at a site that carries what other devices say: it speaks for those that are assigned to it
 * (docs/gateways.md). Everything that a Linux machine measures, and what it carries.
 */
export const siteGateway = defineDeviceType({
  ...linuxAgent,
  id: "site-gateway",
  label: { en: "Site gateway", fr: "Passerelle de site" },
  icon: "router",
  metrics: [...linuxAgent.metrics, DEVICES_HEARD, LINKS_OPEN],
  simulate: simulateSiteGateway,
});
