import { AppError } from "@gatehouse/base";
import { access, channel } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { toBase64url } from "./context.ts";
import type { ChannelHouse } from "./service.ts";

/** What devices call, before anybody knows them. */
export function deviceRoutes(house: ChannelHouse): Route[] {
  return [
    route(channel.listServerKeys, async () => {
      const suites = house.policy.suites();
      const { version, issuedMs } = house.list;
      return {
        root: toBase64url(house.root.publicKey.raw),
        suites,
        servers: suites.map((suite) => house.serverKeys.view(suite)),
        revocations: { version, issuedMs },
      };
    }),
    route(channel.enrolChallenge, async ({ body, address }) => house.enrolment.challenge(body, address)),
    route(channel.enrol, ({ body, address }) => house.enrolment.enrol(body, address)),
  ];
}

export function operatorRoutes(house: ChannelHouse): Route[] {
  return [...deviceKeyRoutes(house), ...policyRoutes(house), ...groupRoutes(house)];
}

function deviceKeyRoutes(house: ChannelHouse): Route[] {
  return [
    route(channel.getDeviceSecurity, ({ principal, params }) =>
      house.viewDevice(principal.tenantId, params.id),
    ),
    route(channel.endDeviceKey, async ({ principal, params }) => {
      await house.bundles.endOld(principal, params.id, params.keyId);
      return house.viewDevice(principal.tenantId, params.id);
    }),
    route(channel.revokeDeviceKey, async ({ principal, params }) => {
      await house.bundles.revoke(principal, params.id, params.keyId);
      return house.viewDevice(principal.tenantId, params.id);
    }),
    route(channel.resetSuitePin, async ({ principal, params, body }) => {
      await house.policy.resetPin(principal, params.id, body.reason);
      return {};
    }),
  ];
}

function policyRoutes(house: ChannelHouse): Route[] {
  return [
    route(channel.getChannel, async ({ principal }) => house.viewChannel(principal.tenantId)),
    route(channel.setChannelPolicy, async ({ principal, body }) => {
      await house.policy.set(principal, body);
      return house.viewChannel(principal.tenantId);
    }),
    route(channel.setPolicyException, async ({ principal, params, body }) => {
      await house.policy.exempt(principal, params.id, body);
      return {};
    }),
    route(channel.deletePolicyException, async ({ principal, params }) => {
      await house.policy.endExemption(principal, params.id);
      return {};
    }),
    route(channel.rotateServerKeys, async ({ body }) => {
      await house.serverKeys.rotate(body.suite);
      return {};
    }),
  ];
}

function groupRoutes({ groups }: ChannelHouse): Route[] {
  return [
    route(channel.listEnrolmentGroups, async ({ scope }) => ({
      items: await groups.list(scope),
    })),
    route(channel.createEnrolmentGroup, async ({ principal, scope, body }) => {
      if (!access.reaches(scope.reach, body)) throw new AppError("site.not_found");
      return groups.create(principal, body);
    }),
    route(channel.closeEnrolmentGroup, async ({ principal, params }) => {
      await groups.close(principal, params.id);
      return {};
    }),
  ];
}
