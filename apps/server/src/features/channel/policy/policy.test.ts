import { SUITE_IDS, type SuiteId } from "@gatehouse/secure-channel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdentityHouse } from "../../../compose/testing/identities.ts";
import { type DeviceStanding, decide, type TenantPolicy } from "./decide.ts";

const suite = fc.constantFrom<SuiteId>(SUITE_IDS.C1, SUITE_IDS.M1);
const type = fc.constantFrom("thermometer", "led", "plug");
const policies: fc.Arbitrary<TenantPolicy> = fc.record({
  suites: fc.uniqueArray(suite),
  requiredTypes: fc.uniqueArray(type),
});
const standings: fc.Arbitrary<DeviceStanding> = fc.record({
  typeId: type,
  pinned: fc.option(suite, { nil: undefined }),
  exemptUntilMs: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
});
const time = fc.integer({ min: 0, max: 200 });

describe("the decision", () => {
  test("lets plain messages pass exactly when the type is free or the device is exempt", () => {
    fc.assert(
      fc.property(policies, standings, time, (policy, device, nowMs) => {
        const isFree = !policy.requiredTypes.includes(device.typeId);
        const isExempt = nowMs < (device.exemptUntilMs ?? 0);
        expect(decide(policy, device, "plain", nowMs)).toBe(
          isFree || isExempt ? undefined : "channel.required",
        );
      }),
    );
  });

  test("never takes a suite that is not allowed or is below the pin, whatever else holds", () => {
    fc.assert(
      fc.property(policies, standings, suite, time, (policy, device, carriage, nowMs) => {
        const passes = decide(policy, device, carriage, nowMs) === undefined;
        expect(passes).toBe(policy.suites.includes(carriage) && carriage >= (device.pinned ?? 0));
      }),
    );
  });

  test("once a device uses a suite, no order of later messages brings it below", () => {
    fc.assert(
      fc.property(fc.array(suite, { minLength: 1 }), (carriages) => {
        const policy = { suites: [SUITE_IDS.C1, SUITE_IDS.M1], requiredTypes: [] };
        let pinned: SuiteId | undefined;
        for (const carriage of carriages) {
          const device = { typeId: "led", pinned, exemptUntilMs: undefined };
          if (decide(policy, device, carriage, 0) !== undefined) continue;
          expect(carriage).toBeGreaterThanOrEqual(pinned ?? 0);
          pinned = carriage;
        }
      }),
    );
  });
});

test("a type that must use the channel may not speak plainly, but for exceptions until their day", async () => {
  await using t = await createIdentityHouse();
  const { device } = await t.addDevice("one");
  const { tenantId } = t.actor;
  const { policy } = t.channel;
  expect(policy.refusal(tenantId, device.id, "plain")).toBeUndefined();
  await policy.set(t.actor, { suites: [SUITE_IDS.M1], requiredTypes: ["thermometer"] });
  expect(policy.refusal(tenantId, device.id, "plain")).toBe("channel.required");
  expect(policy.refusal(tenantId, device.id, SUITE_IDS.C1)).toBe("channel.suite_refused");
  const untilMs = t.clock.nowMs() + 86_400_000;
  await policy.exempt(t.actor, device.id, { untilMs, reason: "spare part ordered" });
  expect(policy.refusal(tenantId, device.id, "plain")).toBeUndefined();
  await t.restart();
  expect(t.channel.viewChannel(tenantId)).toMatchObject({
    suites: [SUITE_IDS.M1],
    requiredTypes: ["thermometer"],
    exceptions: [{ deviceId: device.id, name: "one", untilMs, reason: "spare part ordered" }],
  });
  expect(t.channel.viewChannel(t.stranger.tenantId)).toMatchObject({ requiredTypes: [], exceptions: [] });
  t.clock.advance(86_400_000);
  expect(t.channel.policy.refusal(tenantId, device.id, "plain")).toBe("channel.required");
  expect(t.channel.policy.exceptions(tenantId)).toEqual([]);
});

test("an unknown type, a day that has gone and another tenant's device are refused", async () => {
  await using t = await createIdentityHouse();
  const { device } = await t.addDevice("one");
  const { policy } = t.channel;
  const code = (run: Promise<unknown>) =>
    run.then(
      () => "ok",
      (error) => error.code,
    );
  expect(await code(policy.set(t.actor, { suites: [SUITE_IDS.M1], requiredTypes: ["toaster"] }))).toBe(
    "device.type_unknown",
  );
  const exempt = (untilMs: number, actor = t.actor) =>
    code(policy.exempt(actor, device.id, { untilMs, reason: "x" }));
  expect(await exempt(t.clock.nowMs())).toBe("request.invalid");
  expect(await exempt(t.clock.nowMs() + 400 * 86_400_000)).toBe("request.invalid");
  expect(await exempt(t.clock.nowMs() + 1_000, t.stranger)).toBe("device.not_found");
  expect(await code(policy.endExemption(t.stranger, device.id))).toBe("device.not_found");
});
