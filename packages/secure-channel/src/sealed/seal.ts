import type { Random } from "@gatehouse/base";
import type { KeyBundle, PublicBundle } from "../key-bundle.ts";
import { sha256 } from "../primitives/hash.ts";
import { join } from "../primitives/join.ts";
import { SIGNATURE_BYTES } from "../primitives/keys.ts";
import { refused } from "../refusal.ts";
import { SUITE_IDS, type SuiteId } from "../suite-ids.ts";
import { suiteOf } from "../suites.ts";
import { c1Body } from "./body-c1.ts";
import type { BodyCipher } from "./body-cipher.ts";
import { m1Body } from "./body-m1.ts";
import {
  type ContentType,
  encodeSealedHeader,
  MAX_BODY_BYTES,
  MAX_SEQUENCE,
  parseSealedHeader,
  SEALED_HEADER_BYTES,
  type SealedHeader,
} from "./header.ts";
import { type SignedPart, signedBytes } from "./signed-part.ts";

const bodyCipherOf = (suite: SuiteId): BodyCipher => (suite === SUITE_IDS.M1 ? m1Body : c1Body);

export interface SealRequest {
  readonly sender: KeyBundle;
  readonly recipient: PublicBundle;
  readonly contentType: ContentType;
  /** Durably reserved before (reservation.ts); never used twice with one key. */
  readonly sequence: bigint;
  /** 0 when the sender has no clock. */
  readonly sentMs: number;
  readonly bootId: number;
  readonly forwarded?: boolean;
  readonly command?: boolean;
  readonly storedLate?: boolean;
  readonly payload: Uint8Array;
}

/** Signs, then encrypts: one envelope. A request that cannot be sealed is the caller's mistake: RangeError. */
export function seal(request: SealRequest, random: Random): Uint8Array {
  const { headerBytes: header, signature, payload } = sign(request);
  const { sender, recipient } = request;
  const body = bodyCipherOf(sender.suite).seal(recipient.agreement, header, [signature, payload], random);
  if (body === undefined) throw new RangeError("the recipient's key is not usable");
  return join([header, ...body]);
}

/**
 * Signed and not encrypted: what a device says in a session with a gateway that is to forward it. The header is that
 * of the envelope that `seal` would make.
 */
export function sign(request: SealRequest): Omit<SignedPart, "header"> {
  const { sender, recipient, payload } = request;
  const cipher = bodyCipherOf(sender.suite);
  const bodyBytes = cipher.sealedBytes(SIGNATURE_BYTES + payload.length);
  assertSealable(request, bodyBytes);
  const headerBytes = encodeSealedHeader({
    suite: sender.suite,
    forwarded: request.forwarded ?? false,
    command: request.command ?? false,
    storedLate: request.storedLate ?? false,
    contentType: request.contentType,
    senderKeyId: sender.keyId,
    recipientKeyId: recipient.keyId,
    sequence: request.sequence,
    sentMs: request.sentMs,
    bootId: request.bootId,
    bodyBytes,
  });
  const message = signedBytes(sha256(headerBytes), sha256(payload));
  return {
    headerBytes,
    signature: suiteOf(sender.suite).signatures.sign(sender.signingPair, message),
    payload,
  };
}

function assertSealable(
  { sender, recipient, sequence, sentMs, bootId }: SealRequest,
  bodyBytes: number,
): void {
  if (sender.suite !== recipient.suite) throw new RangeError("sender and recipient are of different suites");
  if (bodyBytes > MAX_BODY_BYTES) throw new RangeError("the payload is too large for one envelope");
  if (sequence < 1n || sequence > MAX_SEQUENCE) throw new RangeError("the sequence is out of range");
  if (!Number.isSafeInteger(sentMs) || sentMs < 0)
    throw new RangeError("the time is not a whole number of ms");
  if (bootId !== bootId >>> 0) throw new RangeError("the boot id has 32 bits");
}

/** An envelope whose shape is right; nothing in it is authentic yet. */
export interface ParsedEnvelope {
  readonly header: SealedHeader;
  readonly headerBytes: Uint8Array;
  readonly body: Uint8Array;
}

/** The cheapest refusal: magic, version, suite, lengths. Refers to `envelope`, copies nothing. */
export function parseEnvelope(envelope: Uint8Array): ParsedEnvelope {
  const header = parseSealedHeader(envelope);
  const body = envelope.subarray(SEALED_HEADER_BYTES);
  if (body.length !== header.bodyBytes) throw refused("malformed");
  return { header, headerBytes: envelope.subarray(0, SEALED_HEADER_BYTES), body };
}

/**
 * Decrypts and verifies the sender's signature. The bundles are those the header names. Replay (`judgeSequence`) and
 * age (`isTimely`) are decided before; the sequence is marked seen afterwards, with the effect.
 */
export function open(envelope: ParsedEnvelope, recipient: KeyBundle, sender: PublicBundle): SignedPart {
  const { header, headerBytes, body } = envelope;
  const isNamed =
    header.recipientKeyId === recipient.keyId &&
    header.senderKeyId === sender.keyId &&
    header.suite === recipient.suite &&
    header.suite === sender.suite;
  if (!isNamed) throw refused("unknown_key");
  const opened = bodyCipherOf(header.suite).open(recipient.agreementPair, headerBytes, body);
  if (opened === undefined || opened.length < SIGNATURE_BYTES) throw refused("not_authentic");
  // Node's ciphers give Buffers, whose slice does not copy; nobody outside should have to know.
  const plaintext = new Uint8Array(opened.buffer, opened.byteOffset, opened.length);
  const part: SignedPart = {
    header,
    headerBytes,
    signature: plaintext.subarray(0, SIGNATURE_BYTES),
    payload: plaintext.subarray(SIGNATURE_BYTES),
  };
  assertSigned(part, sender);
  return part;
}

/** Refuses a part that `signer` did not sign: after decryption, and for what a gateway forwards. */
export function assertSigned(part: SignedPart, signer: PublicBundle): void {
  const isNamed = part.header.senderKeyId === signer.keyId && part.header.suite === signer.suite;
  if (!isNamed) throw refused("unknown_key");
  const message = signedBytes(sha256(part.headerBytes), sha256(part.payload));
  if (!suiteOf(signer.suite).signatures.verify(signer.signing, message, part.signature))
    throw refused("not_authentic");
}
