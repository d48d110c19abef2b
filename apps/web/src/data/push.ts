import { accounts, alerts } from "@gatehouse/contract";
import { createPreference } from "./preference.ts";
import { call } from "./query.ts";

/** What this browser can do about push messages; `needs_home_screen`: an iPhone's pages cannot, its installed ones can. */
export type PushAbility = "able" | "denied" | "insecure" | "needs_home_screen" | "unable";

/** Whoever switched it on in this browser: their next session here goes on with it. */
const wantedBy = createPreference<string>("gatehouse.push", (stored) => stored ?? "");

export function pushAbility(): PushAbility {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return /iPhone|iPad/.test(navigator.userAgent) ? "needs_home_screen" : "unable";
  return Notification.permission === "denied" ? "denied" : "able";
}

/** In a secure context only; what fails leaves a console without push and nothing else. */
export function registerServiceWorker(): void {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => undefined);
}

/** The mark by which the server's list shows this browser; undefined when it is not subscribed. */
export async function ownFingerprint(): Promise<string | undefined> {
  const subscription = await ownSubscription();
  if (subscription === undefined) return undefined;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  return [...new Uint8Array(digest).subarray(0, 8)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** Asks the person for leave, then the browser for an address, and tells the server. False when they would rather not. */
export async function switchPushOn(publicKey: string, personId: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = bytesOf(publicKey);
  const known = await pushManager.getSubscription();
  // Of another installation at this address, or of one that was set up anew.
  if (known !== null && !isSameKey(known.options.applicationServerKey, key)) await known.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys = {} } = subscription.toJSON();
  const { items } = await call(accounts.listSessions, {});
  const label = items.find(({ current }) => current)?.client ?? "Browser";
  const { p256dh = "", auth = "" } = keys;
  await call(alerts.addPushDevice, { body: { endpoint: endpoint ?? "", p256dh, auth, label } });
  wantedBy.set(personId);
  return true;
}

/** Nothing more reaches this browser, whatever the server knows of that. */
export async function switchPushOff(): Promise<void> {
  wantedBy.set("");
  await (await ownSubscription())?.unsubscribe();
}

/** After a new log-in of whoever had it on here: the server forgot this browser with the session that ended. */
export async function goOnWithPush(personId: string): Promise<void> {
  if (wantedBy.get() !== personId || pushAbility() !== "able") return;
  if (Notification.permission !== "granted") return;
  const [{ devices, publicKey }, own] = await Promise.all([call(alerts.getPush, {}), ownFingerprint()]);
  if (!devices.some(({ current, fingerprint }) => current && fingerprint === own))
    await switchPushOn(publicKey, personId);
}

async function ownSubscription(): Promise<PushSubscription | undefined> {
  if (pushAbility() !== "able" && pushAbility() !== "denied") return undefined;
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

const isSameKey = (known: ArrayBuffer | null, key: Uint8Array): boolean =>
  known !== null && new Uint8Array(known).every((byte, at) => byte === key[at]);

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
