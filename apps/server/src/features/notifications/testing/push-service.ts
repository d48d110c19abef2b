import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import webpush from "web-push";
import type { PushAddress } from "../plugins/notifier-plugin.ts";
import type { PushPayload } from "../plugins/web-push.ts";
import type { Received } from "./doubles.ts";

/** Keys of a browser: `publicKey` and `auth` are what it gives away when it subscribes. */
export interface BrowserKeys {
  readonly privateKey: Buffer;
  readonly publicKey: Buffer;
  readonly auth: Buffer;
}

export interface PushedMessage {
  /** Of the subscription. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly payload: PushPayload;
  /** Claims of the sender's token, which was signed with its key. */
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
  /** base64url. */
  readonly senderKey: string;
}

export interface PushService extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** In order of arrival; what is wrongly signed or encrypted is answered 400 and is not here. */
  readonly messages: PushedMessage[];
  readonly refused: string[];
  /** A browser's new subscription here. */
  subscribe(): { readonly endpoint: string; readonly p256dh: string; readonly auth: string };
}

const KEYS: BrowserKeys = (() => {
  const ecdh = createECDH("prime256v1");
  const publicKey = ecdh.generateKeys();
  return { privateKey: ecdh.getPrivateKey(), publicKey, auth: randomBytes(16) };
})();
const VAPID = { ...webpush.generateVAPIDKeys(), subject: "mailto:nobody@gatehouse.invalid" };

/** A subscription at this port, of a browser whose keys the double has. */
export const addressAt = (port: number, name = "browser"): PushAddress => ({
  endpoint: `http://127.0.0.1:${port}/push/${name}`,
  p256dh: KEYS.publicKey.toString("base64url"),
  auth: KEYS.auth.toString("base64url"),
  vapid: VAPID,
});

/** A push service (RFC 8030) and the browsers behind it: checks who sends and decrypts what comes. */
export async function pushService(
  answer?: (request: Received, response: ServerResponse) => void,
): Promise<PushService> {
  const messages: PushedMessage[] = [];
  const refused: string[] = [];
  let subscriptions = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const { headers, method = "", url: path = "" } = request;
      if (answer !== undefined)
        answer({ method, path, headers, body: body.toString("latin1"), bytes: body }, response);
      if (response.writableEnded) return;
      try {
        const sender = checkVapid(headers.authorization, `http://127.0.0.1:${portOf()}`);
        if (headers["content-encoding"] !== "aes128gcm") throw new Error("content-encoding");
        if (!/^[0-9]+$/.test(headers.ttl as string)) throw new Error("ttl");
        const payload = JSON.parse(decrypt(body, KEYS).toString()) as PushPayload;
        messages.push({ path, headers, payload, ...sender });
        response.writeHead(201, { location: `${path}/message` }).end();
      } catch (error) {
        refused.push(String(error));
        response.writeHead(400).end(String(error));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const portOf = (): number => (server.address() as AddressInfo).port;
  const port = portOf();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    messages,
    refused,
    subscribe() {
      subscriptions += 1;
      const { vapid: _, ...subscription } = addressAt(port, `browser-${subscriptions}`);
      return subscription;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** RFC 8292 §2 and §3: an ES256 token for this origin, signed with the key that is named beside it. */
export function checkVapid(
  authorization: string | undefined,
  origin: string,
  nowS = Date.now() / 1000,
): Pick<PushedMessage, "claims" | "senderKey"> {
  const [, token = "", senderKey = ""] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(authorization ?? "") ?? [];
  const [head = "", body = "", signature = ""] = token.split(".");
  const point = Buffer.from(senderKey, "base64url");
  if (point.length !== 65 || point[0] !== 4) throw new Error("no key");
  const key = createPublicKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    },
  });
  const signed = Buffer.from(`${head}.${body}`);
  const isSigned = verify(
    "sha256",
    signed,
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw new Error("wrong signature");
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg: string };
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as PushedMessage["claims"];
  if (alg !== "ES256") throw new Error("alg");
  if (claims.aud !== origin) throw new Error(`aud ${claims.aud}`);
  if (!(claims.exp > nowS && claims.exp <= nowS + 86_400)) throw new Error("exp");
  if (!/^(mailto|https):/.test(claims.sub)) throw new Error("sub");
  return { claims, senderKey };
}

const hmac = (key: Uint8Array, ...data: (Uint8Array | string)[]): Buffer => {
  const mac = createHmac("sha256", key);
  for (const one of data) mac.update(one);
  return mac.digest();
};

/** RFC 8291 §3.4 over RFC 8188 §2: one record. */
export function decrypt(body: Uint8Array, { auth, privateKey, publicKey }: BrowserKeys): Buffer {
  const bytes = Buffer.from(body);
  const salt = bytes.subarray(0, 16);
  const keyEnd = 21 + bytes.readUInt8(20);
  const senderPoint = bytes.subarray(21, keyEnd);
  const sealed = bytes.subarray(keyEnd);
  if (sealed.length > bytes.readUInt32BE(16)) throw new Error("more than one record");
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(privateKey);
  const material = hmac(
    hmac(auth, ecdh.computeSecret(senderPoint)),
    Buffer.concat([Buffer.from("WebPush: info\0"), publicKey, senderPoint]),
    "\x01",
  );
  const secret = hmac(salt, material);
  const key = hmac(secret, "Content-Encoding: aes128gcm\0\x01").subarray(0, 16);
  const nonce = hmac(secret, "Content-Encoding: nonce\0\x01").subarray(0, 12);
  const cipher = createDecipheriv("aes-128-gcm", key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  // The last record ends with 2 and zeros (RFC 8188 §2).
  const end = padded.lastIndexOf(2);
  if (end === -1 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("padding");
  return padded.subarray(0, end);
}
