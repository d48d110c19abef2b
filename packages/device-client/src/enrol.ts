import { AppError, type Clock, ERRORS, type ErrorCode, isAppError, type Random } from "@gatehouse/base";
import {
  agreementProof,
  answerMac,
  type Claim,
  claimOfCode,
  claimOfGroup,
  encodeTranscript,
  fourWords,
  generateKeyBundle,
  isRegistrationId,
  type KeyBundle,
  openApiKey,
  requestMac,
  type SuiteId,
  sameMac,
  signTranscript,
} from "@gatehouse/secure-channel";
import { Type } from "typebox";
import { type Answer, exchange, type TlsTrust } from "./http-exchange.ts";
import type { Identity } from "./identity.ts";
import { encodeJson, fromBase64url, parseJson, toBase64url } from "./json.ts";
import { ServerKeysJson, verifiedServerKey } from "./server-keys.ts";

export interface EnrolRequest {
  /** The server's address, as people open it. */
  readonly url: string;
  readonly by:
    | { readonly code: string }
    | { readonly groupId: string; readonly groupKey: string; readonly registrationId: string };
  readonly suite: SuiteId;
  /** PEM, where the server's authority is already known. Without it the claim alone vouches for the answer. */
  readonly ca?: string;
  readonly software?: { readonly name: string; readonly version: string };
  readonly clock: Clock;
  readonly random: Random;
}

export interface Enrolment {
  readonly identity: Identity;
  /** What the server's clock said, authenticated; Unix ms. */
  readonly serverTimeMs: number;
}

const KEY_ID = Type.String({ pattern: "^[0-9a-f]{16}$" });
const Text = (maxLength: number) => Type.String({ maxLength });

const Challenge = Type.Object({
  nonce: Text(128),
  server: Type.Object({ suite: Type.Integer(), keyId: KEY_ID, agreementKey: Text(128) }),
  root: Text(64),
});

const Enrolled = Type.Object({ enrolment: Text(65_536), mac: Text(64) });

const EnrolmentJson = Type.Object({
  deviceId: Text(64),
  name: Text(120),
  typeId: Text(60),
  keyId: Text(16),
  suite: Type.Integer(),
  serverTimeMs: Type.Integer(),
  server: ServerKeysJson,
  root: Text(64),
  caPem: Type.Optional(Text(16_384)),
  sealedApiKey: Type.Optional(Text(512)),
  topics: Type.Object({ up: Text(256), down: Text(256) }),
});

const Problem = Type.Object({ code: Text(64) });

/**
 * Makes the device's keys, proves that it has them, and takes over what the server answers: authenticated by the
 * claim code in both directions, so that nobody in between can change anything, even where TLS cannot be verified
 * yet. Refuses `device.claim_invalid` when the server does, or when its answer is not of who made the code, and
 * `agent.intercepted` when the certificate then was not the one that the answer's authority vouches for.
 */
export async function enrol(request: EnrolRequest): Promise<Enrolment> {
  const { url, suite, clock, random } = request;
  const claim = claimOf(request);
  const group = "groupId" in request.by ? { group: groupOf(request.by) } : {};
  const trust: TlsTrust = request.ca === undefined ? { unverified: true } : { ca: request.ca };
  assertConfidential(url);
  const post = (path: string, body: object) => callServer(new URL(path, url), body, trust);

  const claimId = Buffer.from(claim.id).toString("hex");
  const challenge = parseJson(
    Challenge,
    (await post("/api/v1/enrol/challenge", { claimId, suite, ...group })).body,
  );
  if (challenge.server.suite !== suite) throw new AppError("channel.suite_refused");
  const keys = generateKeyBundle(suite, random);
  const transcript = encodeTranscript({
    suite,
    claimId: claim.id,
    nonce: fromBase64url(challenge.nonce),
    agreementKey: keys.agreement.raw,
    signingKey: keys.signing.raw,
    serverKeyId: challenge.server.keyId,
  });
  const body = {
    claimId,
    ...group,
    nonce: challenge.nonce,
    suite,
    agreementKey: toBase64url(keys.agreement.raw),
    signingKey: toBase64url(keys.signing.raw),
    proof: proofOf(keys, challenge.server.agreementKey, transcript),
    mac: toBase64url(requestMac(claim.key, transcript)),
    ...(request.software === undefined ? {} : { software: request.software }),
  };
  const reply = await post("/api/v1/enrol", body);
  const enrolment = identityOf(request, claim, keys, transcript, parseJson(Enrolled, reply.body), clock);
  if (request.ca === undefined) await assertNobodyBetween(enrolment.identity, reply);
  return enrolment;
}

/**
 * The API key in the answer is sealed under the claim, and nothing else in it is secret. But whoever listens to plain HTTP sees
 * which device enrols, and can cut it off: it is for this machine alone.
 */
function assertConfidential(url: string): void {
  const { protocol, hostname } = new URL(url);
  const isLoopback =
    hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if (protocol !== "https:" && !isLoopback)
    throw new AppError("request.invalid", { url, reason: "use https" });
}

/**
 * Who answered showed a certificate that could not be verified then. Now it can: the one that is valid must be the
 * same. Somebody in between could change nothing and read no secret (the API key is sealed under the claim), but stands
 * in the way of everything that follows: the person who enrols has to know.
 */
async function assertNobodyBetween({ url, ca }: Identity, { certificate }: Answer): Promise<void> {
  if (certificate === undefined) return;
  const trust = ca === undefined ? {} : { ca };
  const { host, href } = new URL("/api/v1/channel/keys", url);
  const verified = await exchange({ method: "GET", url: href, trust }).catch((error: unknown) => {
    if (isAppError(error) && UNTRUSTED.has(String(error.fields.reason)))
      throw new AppError("agent.intercepted", { host }, { cause: error });
    throw error;
  });
  if (verified.certificate !== certificate) throw new AppError("agent.intercepted", { host });
}

/** OpenSSL's names for a certificate of nobody we believe (X509_V_ERR_…). */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_SIGNATURE_FAILURE",
]);

function claimOf({ by }: EnrolRequest): Claim {
  if ("code" in by) return claimOfCode(by.code);
  if (!isRegistrationId(by.registrationId))
    throw new AppError("request.invalid", { field: "registrationId" });
  return claimOfGroup(by.groupId, fromBase64url(by.groupKey), by.registrationId);
}

const groupOf = ({ groupId, registrationId }: { groupId: string; registrationId: string }): object => ({
  id: groupId,
  registrationId,
});

function proofOf(keys: KeyBundle, serverKey: string, transcript: Uint8Array): object {
  const agreement = agreementProof(keys, fromBase64url(serverKey), transcript);
  if (agreement === undefined) throw new AppError("envelope.refused");
  return {
    signature: toBase64url(signTranscript(keys, transcript)),
    agreement: toBase64url(agreement),
  };
}

function identityOf(
  request: EnrolRequest,
  claim: Claim,
  keys: KeyBundle,
  transcript: Uint8Array,
  answer: { readonly enrolment: string; readonly mac: string },
  clock: Clock,
): Enrolment {
  const bytes = fromBase64url(answer.enrolment);
  if (!sameMac(answerMac(claim.key, transcript, bytes), fromBase64url(answer.mac)))
    throw new AppError("device.claim_invalid", { reason: "The answer is not of who made the code." });
  const { serverTimeMs, suite, keyId, caPem, sealedApiKey, ...enrolment } = parseJson(EnrolmentJson, bytes);
  if (suite !== request.suite || keyId !== keys.keyId) throw new AppError("device.claim_invalid");
  for (const key of [enrolment.server.current, enrolment.server.next]) {
    if (key !== undefined && verifiedServerKey(key, enrolment.root).bundle.suite !== request.suite)
      throw new AppError("channel.suite_refused");
  }
  const pinned = request.ca ?? caPem;
  const apiKey =
    sealedApiKey === undefined ? undefined : openApiKey(claim.key, transcript, fromBase64url(sealedApiKey));
  const identity: Identity = {
    ...enrolment,
    ...(apiKey === undefined ? {} : { apiKey }),
    url: request.url,
    suite: request.suite,
    keys,
    ...(pinned === undefined ? {} : { ca: pinned }),
    words: fourWords(transcript, bytes),
    enrolledMs: clock.nowMs(),
  };
  return { identity, serverTimeMs };
}

async function callServer(url: URL, body: object, trust: TlsTrust): Promise<Answer> {
  const answer = await exchange({
    method: "POST",
    url: url.href,
    headers: { "content-type": "application/json" },
    body: encodeJson(body),
    trust,
  });
  if (answer.status < 300) return answer;
  throw refusalOf(answer.body, url, answer.status);
}

/** The server's own code where we know it. */
function refusalOf(body: Uint8Array, url: URL, status: number): AppError {
  try {
    const { code } = parseJson(Problem, body);
    if (Object.hasOwn(ERRORS, code)) return new AppError(code as ErrorCode, { host: url.host });
  } catch (error) {
    if (!isAppError(error, "message.malformed")) throw error;
  }
  return new AppError("url.unreachable", { host: url.host, reason: `HTTP ${status}` });
}
