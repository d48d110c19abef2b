import { AppError, type Clock, isAppError, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { alerts, BodyOf, ReplyOf } from "@gatehouse/contract";
import type { AuditEvent, AuditTrail } from "../../../platform/audit/index.ts";
import { waitTurn } from "../../../platform/database/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { resolveOutgoing } from "../../../platform/outgoing/index.ts";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import { type AttemptDeps, sendWithin } from "../attempt.ts";
import type { ChannelRecord } from "../channel-store.ts";
import type { Outbox } from "../outbox.ts";
import { pushRequest, pushTest, webPush } from "../plugins/web-push.ts";
import type { PushAudience } from "../ports.ts";
import { assertQuietHours } from "../quiet-hours.ts";
import type { PushPost } from "./push-post.ts";
import type { PushSecrets, Subscription } from "./push-secrets.ts";
import type { PushDeviceRecord, PushStore } from "./push-store.ts";

export interface PushServiceDeps extends AttemptDeps {
  readonly store: PushStore;
  readonly pushSecrets: PushSecrets;
  readonly post: PushPost;
  readonly outbox: Outbox;
  readonly audience: PushAudience;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: AuditTrail;
}

/** What a person does about the browsers in which they are told. */
export interface PushService {
  get(who: PersonPrincipal): Promise<ReplyOf<typeof alerts.getPush>>;
  add(who: PersonPrincipal, body: BodyOf<typeof alerts.addPushDevice>): Promise<alerts.PushDevice>;
  remove(who: PersonPrincipal, deviceId: Uuid): Promise<void>;
  test(who: PersonPrincipal, deviceId: Uuid): Promise<ReplyOf<typeof alerts.testPushDevice>>;
  choose(who: PersonPrincipal, choices: alerts.PushChoices): Promise<alerts.PushChoices>;
}

/** Of one person. */
const MAX_DEVICES = 20;
const FINGERPRINT_LENGTH = 16;

export function createPushService(deps: PushServiceDeps): PushService {
  const { audience, audit, channels, clock, outbox, post, pushSecrets, random, store } = deps;

  const pushChannels = async (tenantId: Uuid): Promise<readonly ChannelRecord[]> =>
    (await channels.list(tenantId)).filter(({ sealed }) => sealed.plain.kind === "web_push");

  /** A push service in one's own network is called where the owner allows it for a channel that pushes. */
  const mayBePrivate = async (tenantId: Uuid): Promise<boolean> =>
    (await pushChannels(tenantId)).some(({ allowPrivate }) => allowPrivate);

  const deviceOf = async ({ tenantId, personId }: PersonPrincipal, deviceId: Uuid) => {
    const device = await store.find(tenantId, deviceId);
    if (device?.personId !== personId) throw new AppError("push.not_found");
    return device;
  };

  return {
    async get(who) {
      const { personId, tenantId } = who;
      const [{ publicKey }, devices, choices, list] = await Promise.all([
        pushSecrets.vapid(),
        store.ofPerson(tenantId, personId),
        store.choices(tenantId, [personId]),
        pushChannels(tenantId),
      ]);
      return {
        publicKey,
        devices: devices.map((device) => viewOf(device, who)),
        choices: choices.get(personId) ?? { minSeverity: "info" },
        channels: list.filter(({ enabled, sealed }) => enabled && reaches(sealed.plain, personId)).length,
      };
    },

    async add(who, { label, ...address }) {
      assertReader(who);
      const { personId, sessionId, tenantId } = who;
      const allowPrivate = await mayBePrivate(tenantId);
      await assertSubscription(address, allowPrivate);
      const vapid = await pushSecrets.vapid();
      assertKeys(() => pushRequest({ ...address, vapid }, "{}", "info"));
      const id = newUuid(clock, random);
      const device: PushDeviceRecord = {
        id,
        tenantId,
        personId,
        sessionId,
        label,
        fingerprint: sha256Hex(address.endpoint),
        sealed: pushSecrets.seal(id, address),
        failures: 0,
        createdMs: clock.nowMs(),
      };
      await store.write(async (writing, tx) => {
        await waitTurn(tx, "push devices", personId);
        await writing.put(device);
        if ((await writing.ofPerson(tenantId, personId)).length > MAX_DEVICES)
          throw new AppError("limit.reached", { limit: "push_devices", max: MAX_DEVICES });
        await audit.record(tx, actOn(device, "push_device.added"));
      });
      return viewOf(device, who);
    },

    async remove(who, deviceId) {
      const device = await deviceOf(who, deviceId);
      await store.write(async (writing, tx) => {
        if (!(await writing.remove(who.tenantId, who.personId, deviceId)))
          throw new AppError("push.not_found");
        await audit.record(tx, actOn(device, "push_device.removed"));
      });
    },

    async test(who, deviceId) {
      assertReader(who);
      const { tenantId } = who;
      const device = await deviceOf(who, deviceId);
      const heard = await audience.mayHear(tenantId, [device], undefined);
      const place = outbox.placeOf(tenantId);
      const language = heard.get(device.sessionId)?.language ?? place.language;
      const message = {
        id: newUuid(clock, random),
        to: device.label,
        severity: "info" as const,
        ...webPush.render(pushTest(device.label, { ...place, language })),
        ...(await post.addressOf(tenantId, deviceId)),
      };
      const settings: alerts.ChannelSettings = { kind: "web_push", personIds: [] };
      const allowPrivate = await mayBePrivate(tenantId);
      const outcome = await sendWithin(deps, settings, message, allowPrivate, new AbortController().signal);
      await post.note(deviceId, outcome);
      if (outcome.ok) return { ok: true };
      const { code, detail } = outcome;
      // Whoever may be told is not therefore one to whom our own network is shown.
      const isShown = detail !== undefined && !allowPrivate;
      return { ok: false, failure: { code, ...(isShown ? { detail } : {}) } };
    },

    async choose({ personId, tenantId }, choices) {
      assertQuietHours(choices.quietHours, "push.invalid");
      await store.choose(tenantId, personId, choices);
      return choices;
    },
  };
}

/** Whoever reads no alert has nobody called. */
function assertReader({ permissions }: PersonPrincipal): void {
  if (!permissions.has("alert.read")) throw new AppError("auth.forbidden", { permission: "alert.read" });
}

const reaches = (settings: alerts.ChannelSettings, personId: Uuid): boolean =>
  settings.kind === "web_push" && (settings.personIds.length === 0 || settings.personIds.includes(personId));

function viewOf(device: PushDeviceRecord, { sessionId }: PersonPrincipal): alerts.PushDevice {
  const { createdMs, failures, fingerprint, id, label, lastOkMs } = device;
  return {
    id,
    label,
    current: device.sessionId === sessionId,
    fingerprint: fingerprint.slice(0, FINGERPRINT_LENGTH),
    createdMs,
    failures,
    ...(lastOkMs === undefined ? {} : { lastOkMs }),
  };
}

async function assertSubscription({ endpoint }: Subscription, allowPrivate: boolean): Promise<void> {
  const protocols = allowPrivate ? ["http:", "https:"] : ["https:"];
  try {
    await resolveOutgoing(endpoint, { allowPrivate, protocols });
  } catch (error) {
    // A name that is not known at the moment may be known when a message is due.
    if (!isAppError(error, "url.unreachable")) throw error;
  }
}

/** A point that does not lie on the curve is no key. */
function assertKeys(encrypt: () => unknown): void {
  try {
    encrypt();
  } catch (cause) {
    throw new AppError("push.invalid", { field: "p256dh" }, { cause });
  }
}

const actOn = (
  { id, label, personId, tenantId }: PushDeviceRecord,
  kind: "push_device.added" | "push_device.removed",
): AuditEvent => ({
  kind,
  tenantId,
  subject: { kind: "person", id: personId },
  data: { pushDeviceId: id },
  personal: { label },
});
