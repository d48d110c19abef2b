import { type Static, Type } from "typebox";
import { object } from "../schemas.ts";

/** Shapes of WebAuthn's JSON (Web Authentication Level 3 §5.1.9, §5.1.10), bounded; binary values are base64url. */
const base64url = (maxLength: number) => Type.String({ maxLength, pattern: "^[A-Za-z0-9_-]*$" });
const CredentialId = Type.String({ minLength: 1, maxLength: 1_400, pattern: "^[A-Za-z0-9_-]+$" });
const Transport = Type.String({ maxLength: 20 });
const Extensions = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown());
const Attachment = Type.Union([Type.Literal("platform"), Type.Literal("cross-platform")]);

const Descriptor = object({
  id: CredentialId,
  type: Type.Literal("public-key"),
  transports: Type.Optional(Type.Array(Transport)),
});

/** For `navigator.credentials.create`: pass to `startRegistration({ optionsJSON })`. */
export const CreationOptions = object({
  rp: object({ id: Type.Optional(Type.String()), name: Type.String() }),
  user: object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
  challenge: Type.String(),
  pubKeyCredParams: Type.Array(object({ alg: Type.Integer(), type: Type.Literal("public-key") })),
  timeout: Type.Optional(Type.Integer()),
  excludeCredentials: Type.Optional(Type.Array(Descriptor)),
  authenticatorSelection: Type.Optional(
    object({
      authenticatorAttachment: Type.Optional(Attachment),
      requireResidentKey: Type.Optional(Type.Boolean()),
      residentKey: Type.Optional(Type.String()),
      userVerification: Type.Optional(Type.String()),
    }),
  ),
  attestation: Type.Optional(Type.String()),
  hints: Type.Optional(Type.Array(Type.String())),
  extensions: Type.Optional(Extensions),
});
export type CreationOptions = Static<typeof CreationOptions>;

/** For `navigator.credentials.get`: pass to `startAuthentication({ optionsJSON })`. */
export const RequestOptions = object({
  challenge: Type.String(),
  timeout: Type.Optional(Type.Integer()),
  rpId: Type.Optional(Type.String()),
  allowCredentials: Type.Optional(Type.Array(Descriptor)),
  userVerification: Type.Optional(Type.String()),
  hints: Type.Optional(Type.Array(Type.String())),
  extensions: Type.Optional(Extensions),
});
export type RequestOptions = Static<typeof RequestOptions>;

const credential = { id: CredentialId, rawId: CredentialId, type: Type.Literal("public-key") };
const results = {
  clientExtensionResults: Extensions,
  authenticatorAttachment: Type.Optional(Attachment),
};

/** What `startRegistration` gives back. */
export const RegistrationResponse = object({
  ...credential,
  ...results,
  response: object({
    clientDataJSON: base64url(4_000),
    attestationObject: base64url(24_000),
    authenticatorData: Type.Optional(base64url(8_000)),
    transports: Type.Optional(Type.Array(Transport, { maxItems: 10 })),
    publicKeyAlgorithm: Type.Optional(Type.Integer()),
    publicKey: Type.Optional(base64url(8_000)),
  }),
});
export type RegistrationResponse = Static<typeof RegistrationResponse>;

/** What `startAuthentication` gives back. */
export const AuthenticationResponse = object({
  ...credential,
  ...results,
  response: object({
    clientDataJSON: base64url(4_000),
    authenticatorData: base64url(4_000),
    signature: base64url(4_000),
    userHandle: Type.Optional(base64url(100)),
  }),
});
export type AuthenticationResponse = Static<typeof AuthenticationResponse>;
