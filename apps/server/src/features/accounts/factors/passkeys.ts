import { isIP } from "node:net";
import { AppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import {
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { PasskeyRow } from "./factor-store.ts";

/** How long a browser may take. */
export const PASSKEY_TIMEOUT_MS = 5 * 60_000;
/** ES256, EdDSA, RS256 (COSE, RFC 9053): what authenticators have. */
const ALGORITHMS = [-7, -8, -257];
const NAME = "Gatehouse";

/** Relying party: where passkeys belong (Web Authentication Level 3 §5.1.2). */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

/** Passkeys belong to a name; an address has none (§5.1.2, "effective domain"). */
export function relyingParty(publicUrl: string): RelyingParty | undefined {
  const { hostname, origin } = new URL(publicUrl);
  return isIP(hostname.replace(/^\[(.*)\]$/, "$1")) === 0 ? { id: hostname, origin } : undefined;
}

export interface NewPasskey {
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: string[];
  readonly synced: boolean;
}

export interface PasskeyUse {
  readonly counter: number;
  /** A finger, a face or a PIN was asked for: two factors in one. */
  readonly userVerified: boolean;
  readonly synced: boolean;
  /** The counter did not rise: another authenticator may hold the same key (§6.1.1). */
  readonly suspectedCopy: boolean;
}

const descriptorOf = ({ credential_id, transports }: PasskeyRow) => ({
  id: credential_id,
  transports: transports as AuthenticatorTransport[],
});

export async function creationOptions(
  rp: RelyingParty,
  person: { readonly id: string; readonly name: string; readonly email: string },
  held: readonly PasskeyRow[],
): Promise<accounts.CreationOptions> {
  const options = await generateRegistrationOptions({
    rpID: rp.id,
    rpName: NAME,
    userID: new Uint8Array(Buffer.from(person.id)),
    userName: person.email,
    userDisplayName: person.name,
    timeout: PASSKEY_TIMEOUT_MS,
    attestationType: "none",
    excludeCredentials: held.map(descriptorOf),
    authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return options as accounts.CreationOptions;
}

/** Of `held`, or of whichever passkey the browser has: then it must ask for finger, face or PIN. */
export async function requestOptions(
  rp: RelyingParty,
  held: readonly PasskeyRow[] | undefined,
): Promise<accounts.RequestOptions> {
  const options = await generateAuthenticationOptions({
    rpID: rp.id,
    timeout: PASSKEY_TIMEOUT_MS,
    userVerification: held === undefined ? "required" : "preferred",
    ...(held === undefined ? {} : { allowCredentials: held.map(descriptorOf) }),
  });
  return options as accounts.RequestOptions;
}

/** Fails with auth.passkey_refused, whatever is wrong. */
export async function verifyRegistration(
  rp: RelyingParty,
  response: accounts.RegistrationResponse,
  challenge: string,
): Promise<NewPasskey> {
  const { registrationInfo } = await orRefused(() =>
    verifyRegistrationResponse({
      response: response as Parameters<typeof verifyRegistrationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (registrationInfo === undefined) throw new AppError("auth.passkey_refused");
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: (response.response.transports ?? []).slice(0, 10),
    synced: credentialBackedUp,
  };
}

/** Fails with auth.passkey_refused, whatever is wrong; a counter that did not rise is told, not refused. */
export async function verifyUse(
  rp: RelyingParty,
  response: accounts.AuthenticationResponse,
  challenge: string,
  passkey: PasskeyRow,
): Promise<PasskeyUse> {
  const { verified, authenticationInfo } = await orRefused(() =>
    verifyAuthenticationResponse({
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: false,
      credential: {
        id: passkey.credential_id,
        publicKey: new Uint8Array(passkey.public_key),
        // Compared below: the library's own refusal would not tell a copy from a forgery.
        counter: 0,
        transports: passkey.transports as AuthenticatorTransport[],
      },
    }),
  );
  if (!verified) throw new AppError("auth.passkey_refused");
  const { newCounter, userVerified, credentialBackedUp } = authenticationInfo;
  const before = passkey.counter;
  return {
    counter: newCounter,
    userVerified,
    synced: credentialBackedUp,
    suspectedCopy: (before > 0 || newCounter > 0) && newCounter <= before,
  };
}

/** The library throws plain errors that say what is wrong; whoever sent it is told one thing only. */
async function orRefused<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    throw new AppError("auth.passkey_refused", {}, { cause });
  }
}

/** The challenge that a response answers, to find what it belongs to; nothing is proven by it. */
export function challengeOf(response: { readonly response: { readonly clientDataJSON: string } }): string {
  try {
    const client: unknown = JSON.parse(
      Buffer.from(response.response.clientDataJSON, "base64url").toString("utf8"),
    );
    const challenge = (client as { readonly challenge?: unknown } | null)?.challenge;
    return typeof challenge === "string" ? challenge.slice(0, 200) : "";
  } catch {
    return "";
  }
}
