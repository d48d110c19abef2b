import { silentLogger } from "@gatehouse/base";
import { type AnyEndpoint, channel, ROLES } from "@gatehouse/contract";
import type { FastifyInstance, InjectOptions } from "fastify";
import { Check } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EnrollingDevice } from "../../compose/testing/enrolling-device.ts";
import { createIdentityHouse, type IdentityHouse } from "../../compose/testing/identities.ts";
import { mount } from "../../platform/http/mount.ts";
import { createHttpServer } from "../../platform/http/server.ts";
import { everywhere, testGates } from "../../platform/http/testing/gates.ts";
import { channelResources } from "./resources.ts";

let t: IdentityHouse;
let app: FastifyInstance;
beforeAll(async () => {
  t = await createIdentityHouse();
  app = await createHttpServer({
    trustedProxies: [],
    perMinute: 1_000_000,
    maxConnections: 100,
    log: silentLogger,
  });
  const person = {
    kind: "person",
    personId: t.actor.tenantId,
    sessionId: t.actor.tenantId,
    permissions: everywhere(ROLES.owner),
    stepUpMs: Date.now(),
  } as const;
  const gates = testGates({
    person: { authenticate: async () => ({ ...person, ...t.actor }) },
    device: t.devices.deviceGate,
    resources: { ...t.devices.resources, ...channelResources(t.database.db) },
  });
  await app.register(async (scope) => mount(scope, [...t.routes], gates, silentLogger));
  await app.ready();
}, 60_000);
afterAll(async () => {
  await app.close();
  await t[Symbol.asyncDispose]();
});

/** The answer, which has the shape its contract declares. */
async function call(endpoint: AnyEndpoint, params: Record<string, string> = {}, payload?: object) {
  const url = endpoint.path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? "");
  const reply = await app.inject({
    method: endpoint.method,
    url,
    ...(payload && { payload }),
  } as InjectOptions);
  const body = reply.json();
  if (reply.statusCode < 300)
    expect([endpoint.path, Check(endpoint.reply, body)]).toEqual([endpoint.path, true]);
  return { status: reply.statusCode, body };
}

test("a device enrols, is seen, held to a policy and ended over HTTP, each answer as its contract says", async () => {
  const { device, claim } = await t.addDevice("one");
  const id = { id: device.id };
  const own = EnrollingDevice.withCode(claim.code);
  const challenge = await call(channel.enrolChallenge, {}, { claimId: own.claimId });
  const enrolled = await call(channel.enrol, {}, own.request(challenge.body));
  expect(enrolled.status).toBe(201);
  expect(Check(channel.Enrolment, own.read(enrolled.body)?.content)).toBe(true);
  const keys = await call(channel.listServerKeys);
  expect(keys.body.servers[0].current.keyId).toBe(challenge.body.server.keyId);
  expect((await call(channel.getDeviceSecurity, id)).body.keys).toHaveLength(1);
  const policy = { suites: [2], requiredTypes: ["thermometer"] };
  expect((await call(channel.setChannelPolicy, {}, policy)).body).toMatchObject(policy);
  const exception = { untilMs: t.clock.nowMs() + 1_000, reason: "ça va ✓" };
  expect((await call(channel.setPolicyException, id, exception)).status).toBe(200);
  expect((await call(channel.getChannel)).body.exceptions).toMatchObject([exception]);
  await call(channel.deletePolicyException, id);
  expect((await call(channel.resetSuitePin, id, { reason: "new board" })).status).toBe(200);
  expect((await call(channel.rotateServerKeys, {}, { suite: 2 })).status).toBe(200);
  const { keyId } = own.bundle;
  expect(await call(channel.endDeviceKey, { ...id, keyId })).toMatchObject({ status: 404 });
  expect((await call(channel.revokeDeviceKey, { ...id, keyId })).body.keys[0]).toMatchObject({
    state: "revoked",
  });
});

test("a group is made, listed and closed; its key is in the first answer only", async () => {
  const input = {
    name: "Cellar",
    typeId: "thermometer",
    siteId: t.site.id,
    maxDevices: 2,
    expiresMs: t.clock.nowMs() + 60_000,
  };
  const made = await call(channel.createEnrolmentGroup, {}, input);
  expect(made.status).toBe(201);
  const listed = await call(channel.listEnrolmentGroups);
  expect(JSON.stringify(listed.body)).not.toContain(made.body.key);
  const id = made.body.group.id as string;
  expect((await call(channel.closeEnrolmentGroup, { id })).status).toBe(200);
  expect((await call(channel.listEnrolmentGroups)).body.items[0].closedMs).toBe(t.clock.nowMs());
});

test("what has not the shape is refused before anything is looked at", async () => {
  const { claim } = await t.addDevice("two");
  const own = EnrollingDevice.withCode(claim.code);
  const challenge = await call(channel.enrolChallenge, {}, { claimId: own.claimId });
  const right = own.request(challenge.body);
  const wrong = [
    {},
    { ...right, claimId: right.claimId.toUpperCase() },
    { ...right, suite: 3 },
    { ...right, agreementKey: "a+b/" },
    { ...right, agreementKey: "A".repeat(100_000) },
    { ...right, signingKey: "" },
    { ...right, extra: 1 },
    { ...right, group: { id: "x", registrationId: "a" } },
    { ...right, group: { id: t.site.id, registrationId: "a/b" } },
    { ...right, software: { name: "\0", version: "1" } },
  ];
  for (const body of wrong) {
    const { status, body: problem } = await call(channel.enrol, {}, body);
    expect([400, 413]).toContain(status);
    expect(["request.invalid", "request.too_large"]).toContain(problem.code);
  }
  expect((await call(channel.enrol, {}, right)).status).toBe(201);
});
