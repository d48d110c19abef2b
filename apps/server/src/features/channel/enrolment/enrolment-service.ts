import { AppError, type ErrorCode, isAppError, type Uuid } from "@gatehouse/base";
import type { BodyOf, channel, ReplyOf } from "@gatehouse/contract";
import {
  agreementProof,
  encodeTranscript,
  importPublicBundle,
  type PublicBundle,
  requestMac,
  type SuiteId,
  sameMac,
  type TrustRoot,
  verifyTranscript,
} from "@gatehouse/secure-channel";
import { isUniqueViolation } from "../../../platform/database/index.ts";
import { GrowingDelay } from "../../../platform/throttle/index.ts";
import type { BundleService } from "../bundles/bundle-service.ts";
import { BUNDLE_UNIQUE } from "../bundles/bundle-store.ts";
import { type ChannelContext, fromBase64url, recordOnDevice, toBase64url } from "../context.ts";
import type { ServerKeys } from "../keys/server-keys.ts";
import { decide } from "../policy/decide.ts";
import type { PolicyService } from "../policy/policy-service.ts";
import { putEnrolment } from "../policy/policy-store.ts";
import type { EnrolledDevice } from "../ports.ts";
import { channelTablesIn, type ForeignTransaction } from "../tables.ts";
import { Admission } from "./admission.ts";
import { type Answer, makeAnswer } from "./answer.ts";
import type { GroupService } from "./group-service.ts";
import type { GroupRow } from "./group-store.ts";
import { MEMBER_UNIQUE } from "./group-store.ts";
import type { EnrolmentNonces } from "./nonce.ts";

export interface EnrolmentDeps {
  readonly context: ChannelContext;
  readonly root: TrustRoot;
  readonly nonces: EnrolmentNonces;
  readonly serverKeys: ServerKeys;
  readonly groups: GroupService;
  readonly bundles: BundleService;
  readonly policy: PolicyService;
  /** Our own certificate authority, when devices meet it. */
  caPem(): string | undefined;
}

type Challenge = BodyOf<typeof channel.enrolChallenge>;
type Request = channel.EnrolRequest;

/** A claim that the server knows; `deviceId` is absent for a device of a batch that is not there yet. */
export interface KnownClaim {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid | undefined;
  readonly key: Uint8Array;
  readonly group: GroupRow | undefined;
}

/** Everything proven, nothing stored yet. */
interface Proven {
  readonly claim: KnownClaim;
  readonly bundle: PublicBundle;
  readonly transcript: Uint8Array;
}

interface Stored extends Answer {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly endedKeyIds: readonly string[];
}

/**
 * A device shows its own public keys, proves that it holds the private ones, and proves by its claim that it is the
 * one the operator means. Whatever is wrong, the answer and the work are the same.
 */
export class EnrolmentService {
  readonly #deps: EnrolmentDeps;
  readonly #delay: GrowingDelay;
  readonly #admission: Admission;
  /** Stands in for the key of a claim that is not known. */
  readonly #noKey: Uint8Array;

  constructor(deps: EnrolmentDeps) {
    this.#deps = deps;
    this.#delay = new GrowingDelay(deps.context.clock);
    this.#admission = new Admission(deps.context);
    this.#noKey = deps.context.random.bytes(32);
  }

  /** Looks nothing up: the answer is the same for every claim id. */
  challenge({ claimId, suite: wanted }: Challenge, address: string): ReplyOf<typeof channel.enrolChallenge> {
    const { nonces, serverKeys, root, policy } = this.#deps;
    this.#assertNotThrottled(address);
    const suites = policy.suites();
    const suite = wanted ?? suites[0];
    if (suite === undefined || !suites.includes(suite)) throw this.#refuse("channel.suite_refused", address);
    const { keyId, agreement } = serverKeys.get(suite, "current").bundle;
    return {
      nonce: toBase64url(nonces.issue(fromHex(claimId))),
      server: { suite, keyId, agreementKey: toBase64url(agreement.raw) },
      root: toBase64url(root.publicKey.raw),
      suites,
    };
  }

  async enrol(request: Request, address: string): Promise<ReplyOf<typeof channel.enrol>> {
    this.#assertNotThrottled(address);
    this.#delay.fail(address);
    const claim = await this.#findClaim(request);
    const proven = this.#prove(request, claim);
    if (proven === undefined) throw this.#refuse("device.claim_invalid", address, claim);
    this.#assertSuite(proven, address);
    const stored = await this.#store(request, proven, address);
    if (stored === undefined) throw this.#refuse("device.claim_invalid", address, claim);
    this.#delay.succeed(address);
    await this.#announce(stored, proven.bundle, address);
    const { enrolment, mac, words } = stored;
    return { enrolment: toBase64url(enrolment), mac: toBase64url(mac), words: [...words] };
  }

  async #findClaim({ claimId, group: registration }: Request): Promise<KnownClaim | undefined> {
    const { context, groups } = this.#deps;
    if (registration === undefined) {
      const claim = await context.devices.findOpenClaim(claimId);
      return claim && { ...claim, group: undefined };
    }
    const found = await groups.findClaim(registration);
    if (found === undefined || Buffer.from(found.claimId).toString("hex") !== claimId) return undefined;
    const { group, key } = found;
    const deviceId = await this.#admission.deviceOf(group, registration.registrationId);
    return { tenantId: group.tenantId, deviceId, key, group };
  }

  /** Every check is made, whichever fails. */
  #prove(request: Request, claim: KnownClaim | undefined): Proven | undefined {
    const { nonces, serverKeys, context } = this.#deps;
    const { suite, proof } = request;
    const claimId = fromHex(request.claimId);
    const nonce = fromBase64url(request.nonce);
    const own = serverKeys.get(suite, "current").bundle;
    const keys = {
      agreementKey: fromBase64url(request.agreementKey),
      signingKey: fromBase64url(request.signingKey),
    };
    const transcript = encodeTranscript({ suite, claimId, nonce, ...keys, serverKeyId: own.keyId });
    const mac = requestMac(claim?.key ?? this.#noKey, transcript);
    const bundle = importCanonical(suite, keys);
    const agreement = bundle && agreementProof(own, bundle.agreement.raw, transcript);
    const isFresh = nonces.isValid(claimId, nonce);
    const isClaimed = sameMac(mac, fromBase64url(request.mac)) || !context.controls.claimProof;
    const isSigned =
      bundle !== undefined && verifyTranscript(bundle, transcript, fromBase64url(proof.signature));
    const isAgreed = agreement !== undefined && sameMac(agreement, fromBase64url(proof.agreement));
    if (claim === undefined || bundle === undefined || !isFresh || !isClaimed || !isSigned || !isAgreed)
      return undefined;
    return { claim, bundle, transcript };
  }

  #assertSuite({ claim, bundle }: Proven, address: string): void {
    const { policy, context } = this.#deps;
    const { tenantId, deviceId } = claim;
    const standing =
      deviceId === undefined
        ? { typeId: claim.group?.typeId ?? "", pinned: undefined, exemptUntilMs: undefined }
        : policy.standingOf(deviceId);
    const refused = decide(policy.of(tenantId), standing, bundle.suite, context.clock.nowMs());
    if (refused !== undefined)
      throw this.#refuse(refused, address, claim, { suites: policy.of(tenantId).suites });
  }

  /** Undefined when the claim does not work (any more), or the keys are another bundle's already. */
  async #store(request: Request, proven: Proven, address: string): Promise<Stored | undefined> {
    const { devices } = this.#deps.context;
    const { group } = proven.claim;
    const keep = (tx: ForeignTransaction, device: EnrolledDevice & { name: string; typeId: string }) =>
      this.#keep(tx, device, request, proven, address);
    try {
      if (group !== undefined)
        return await this.#admission.admit(group, request.group?.registrationId ?? "", keep);
      return await devices.enrol(request.claimId, (tx, device) => {
        const known = devices.find(device.deviceId);
        return keep(tx, { ...device, name: known?.name ?? "", typeId: known?.typeId ?? "" });
      });
    } catch (error) {
      const isTaken = isUniqueViolation(error, BUNDLE_UNIQUE) || isUniqueViolation(error, MEMBER_UNIQUE);
      if (isTaken || isAppError(error, "device.revoked")) return undefined;
      throw error;
    }
  }

  /** The keys, their answer and its words, with the code's use in one transaction. Keys of before end: they are replaced. */
  async #keep(
    tx: ForeignTransaction,
    device: EnrolledDevice & { readonly name: string; readonly typeId: string },
    { software, group }: Request,
    { bundle, claim, transcript }: Proven,
    address: string,
  ): Promise<Stored> {
    const { context, bundles, serverKeys, root, caPem } = this.#deps;
    const { tenantId, deviceId } = device;
    const tables = channelTablesIn(tx);
    const endedKeyIds = await bundles.revokeWithin(tables, deviceId);
    await bundles.add(tables, device, bundle, {
      origin: group === undefined ? "claim" : "group",
      software: software && `${software.name} ${software.version}`,
    });
    const atMs = context.clock.nowMs();
    const answer = makeAnswer(
      {
        device,
        bundle,
        serverTimeMs: atMs,
        server: serverKeys.view(bundle.suite),
        root: root.publicKey.raw,
        caPem: caPem(),
      },
      { key: claim.key, transcript },
    );
    await recordOnDevice(context, tables, device, {
      kind: "device.enrolled",
      data: {
        by: group === undefined ? "claim_code" : "batch_key",
        keyId: bundle.keyId,
        suite: bundle.suite,
      },
      actor: { kind: "device", id: deviceId },
    });
    await putEnrolment(tables, deviceId, { atMs, words: answer.words, address });
    return { ...answer, tenantId, deviceId, endedKeyIds };
  }

  async #announce(stored: Stored, { keyId, suite }: PublicBundle, address: string): Promise<void> {
    const { context, bundles } = this.#deps;
    const { tenantId, deviceId, endedKeyIds } = stored;
    await bundles.announceEnd(tenantId, deviceId, endedKeyIds);
    const message = "Enrolled its own keys";
    const data = { keyId, suite, address };
    context.devices.note(tenantId, deviceId, { level: "info", code: "keys_enrolled", message, data });
  }

  #assertNotThrottled(address: string): void {
    const waitMs = this.#delay.waitMs(address);
    if (waitMs > 0)
      throw this.#refuse("auth.throttled", address, undefined, {
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      });
  }

  #refuse(
    code: ErrorCode,
    address: string,
    claim?: KnownClaim,
    fields: Record<string, unknown> = {},
  ): AppError {
    const { bus, clock } = this.#deps.context;
    const owner = claim?.deviceId === undefined ? {} : { tenantId: claim.tenantId, deviceId: claim.deviceId };
    bus.publish("message.refused", {
      ...owner,
      code,
      via: "http",
      address,
      detail: "enrolment",
      atMs: clock.nowMs(),
    });
    return new AppError(code, fields);
  }
}

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, "hex");

/** Only the one encoding that the key id is made of: what is signed and what is stored are the same bytes. */
function importCanonical(
  suite: SuiteId,
  { agreementKey, signingKey }: { agreementKey: Uint8Array; signingKey: Uint8Array },
): PublicBundle | undefined {
  const bundle = importPublicBundle(suite, agreementKey, signingKey);
  if (bundle === undefined) return undefined;
  const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
  return isSame(bundle.agreement.raw, agreementKey) && isSame(bundle.signing.raw, signingKey)
    ? bundle
    : undefined;
}
