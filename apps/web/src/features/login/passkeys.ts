import type { accounts } from "@gatehouse/contract";
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from "@simplewebauthn/browser";
import { isApiError } from "../../data/api-error.ts";

/** WebAuthn binds a passkey to a name; an IP address is none (Web Authentication Level 3 §5.1.3). */
export const isAddress = (hostname: string): boolean =>
  /^\d+(\.\d+){3}$/.test(hostname) || hostname.startsWith("[");

export const passkeysWork = (): boolean => browserSupportsWebAuthn() && !isAddress(location.hostname);

/** Whether the browser offers passkeys among what it fills into the field for the e-mail address. */
export const autofillWorks = async (): Promise<boolean> =>
  passkeysWork() && (await browserSupportsWebAuthnAutofill());

/** Asks the browser for one of the person's passkeys; `autofill` waits quietly behind the e-mail field. */
export async function readPasskey(
  options: accounts.RequestOptions,
  autofill = false,
): Promise<accounts.AuthenticationResponse> {
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON;
  const response = await startAuthentication({ optionsJSON, useBrowserAutofill: autofill });
  return response as unknown as accounts.AuthenticationResponse;
}

export async function makePasskey(options: accounts.CreationOptions): Promise<accounts.RegistrationResponse> {
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON;
  return (await startRegistration({ optionsJSON })) as unknown as accounts.RegistrationResponse;
}

/** Ends whatever the browser still asks. */
export const stopAsking = (): void => WebAuthnAbortService.cancelCeremony();

export type PasskeyFailure = "exists" | "cancelled";

/** Why the browser gave no passkey; undefined for a refusal of the server. */
export function passkeyFailure(error: unknown): PasskeyFailure | undefined {
  if (isApiError(error)) return undefined;
  return error instanceof Error && error.name === "InvalidStateError" ? "exists" : "cancelled";
}
