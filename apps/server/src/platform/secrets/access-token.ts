import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { Clock } from "@gatehouse/base";
import { errors, jwtVerify, SignJWT } from "jose";
import { deriveKey, type MasterKey } from "./master-key.ts";

const TYPE = "gh-access+jwt";
const ISSUER = "gatehouse";
/** A new signing key this often; the one before still verifies, far longer than any token lives. */
const EPOCH_MS = 30 * 24 * 3600 * 1000;
/** Tokens live 5 to 10 minutes; none is taken that is older than this, whatever its `exp`. */
const MAX_AGE_S = 15 * 60;
/**
 * JWS compact form whose 64-byte signature is written the one canonical way: base64url readers ignore the last
 * character's four unused bits, and one token must not have sixteen spellings.
 */
const SHAPE = /^[\w-]{1,200}\.[\w-]{1,1000}\.[\w-]{85}[AQgw]$/;
/** PKCS#8 header of an Ed25519 private key (RFC 8410 §7); the 32-byte seed follows. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

export interface AccessClaims {
  readonly accountId: string;
  readonly sessionId: string;
  /** Of the session: a token of an earlier one is not taken. */
  readonly generation: number;
}

export interface AccessTokens {
  sign(claims: AccessClaims, audience: string, lifetimeMs: number): Promise<string>;
  /** The claims, or undefined for anything that is not a valid token for `audience` now. */
  verify(token: string, audience: string): Promise<AccessClaims | undefined>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Access tokens as Ed25519 JWTs (RFC 7519, RFC 8037; explicit `typ`, RFC 8725 §3.11). The key pair of each
 * 30-day epoch is derived from the master key, `kid` names the epoch: rotation needs no file, no job and
 * no agreement between processes.
 */
export function createAccessTokens(master: MasterKey, clock: Clock): AccessTokens {
  const keys = new Map<number, SigningKey>();
  const currentEpoch = (): number => Math.floor(clock.nowMs() / EPOCH_MS);

  function keyOf(epoch: number): SigningKey {
    let key = keys.get(epoch);
    if (key === undefined) {
      key = deriveSigningKey(master, epoch);
      if (keys.size === 2) keys.clear();
      keys.set(epoch, key);
    }
    return key;
  }

  /** Only this epoch's key and the one before. */
  function publicKeyFor(kid: string | undefined): KeyObject {
    const epoch = currentEpoch();
    if (kid === kidOf(epoch)) return keyOf(epoch).publicKey;
    if (kid === kidOf(epoch - 1)) return keyOf(epoch - 1).publicKey;
    throw new errors.JWKSNoMatchingKey();
  }

  return {
    sign({ accountId, sessionId, generation }, audience, lifetimeMs) {
      const { kid, privateKey } = keyOf(currentEpoch());
      const nowMs = clock.nowMs();
      return new SignJWT({ sid: sessionId, gen: generation })
        .setProtectedHeader({ alg: "EdDSA", typ: TYPE, kid })
        .setIssuer(ISSUER)
        .setSubject(accountId)
        .setAudience(audience)
        .setIssuedAt(Math.floor(nowMs / 1000))
        .setExpirationTime(Math.floor((nowMs + lifetimeMs) / 1000))
        .sign(privateKey);
    },

    async verify(token, audience) {
      if (!SHAPE.test(token)) return undefined;
      try {
        const { payload } = await jwtVerify(token, (header) => publicKeyFor(header.kid), {
          algorithms: ["EdDSA"],
          typ: TYPE,
          issuer: ISSUER,
          audience,
          maxTokenAge: MAX_AGE_S,
          requiredClaims: ["sub", "exp", "sid", "gen"],
          currentDate: new Date(clock.nowMs()),
        });
        const { sub, sid, gen } = payload;
        if (typeof sub !== "string" || typeof sid !== "string" || !Number.isSafeInteger(gen))
          return undefined;
        return { accountId: sub, sessionId: sid, generation: gen as number };
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

const kidOf = (epoch: number): string => `e${epoch}`;

function deriveSigningKey(master: MasterKey, epoch: number): SigningKey {
  const seed = deriveKey(master, `access-token/${kidOf(epoch)}`);
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  });
  return { kid: kidOf(epoch), privateKey, publicKey: createPublicKey(privateKey) };
}
