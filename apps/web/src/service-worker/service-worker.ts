import { offlinePage, pageOf, readNotice } from "./notice.ts";

// Built to /sw.js. It shows what is pushed and opens the page it is about; it keeps nothing: no page, no answer of the
// API, no picture.

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PushMessage extends ExtendableEvent {
  readonly data: { text(): string } | null;
}
interface NotificationClick extends ExtendableEvent {
  readonly action: string;
  readonly notification: Notification;
}
interface PageFetch extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WindowClient {
  readonly url: string;
  focus(): Promise<WindowClient>;
  navigate(url: string): Promise<WindowClient | null>;
}
/** What a service worker has and a window has not. */
interface Worker {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly WindowClient[]>;
    openWindow(url: string): Promise<WindowClient | null>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<E extends Event>(kind: string, listener: (event: E) => void): void;
}

const worker = globalThis as unknown as Worker;

worker.addEventListener<ExtendableEvent>("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener<ExtendableEvent>("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener<PushMessage>("push", (event) => event.waitUntil(show(event.data?.text())));
worker.addEventListener<NotificationClick>("notificationclick", (event) => event.waitUntil(answer(event)));
worker.addEventListener<PageFetch>("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(fetchPage(event.request));
});

async function show(text: string | undefined): Promise<void> {
  const { actions, body, tag, title, ...data } = readNotice(text);
  const options = { body, tag, data, actions, renotify: true, icon: "/icon-192.png", badge: "/badge-96.png" };
  await worker.registration.showNotification(title, options as NotificationOptions);
}

async function answer({ action, notification }: NotificationClick): Promise<void> {
  notification.close();
  const { alertId, url } = notification.data as { readonly url: string; readonly alertId?: string };
  if (action === "acknowledge" && alertId !== undefined && (await acknowledge(alertId))) return;
  await open(pageOf(url, worker.location.origin));
}

/** False when the page has to be opened for it: logged out, or no right to. */
async function acknowledge(alertId: string): Promise<boolean> {
  const send = (path: string, body?: string) =>
    fetch(path, {
      method: "POST",
      credentials: "same-origin",
      ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
    });
  try {
    const path = `/api/v1/alerts/${alertId}/acknowledge`;
    const first = await send(path, "{}");
    if (first.status !== 401) return first.ok;
    return (await send("/api/v1/auth/refresh")).ok && (await send(path, "{}")).ok;
  } catch {
    return false;
  }
}

/** In a window of the console that is open, else in a new one. */
async function open(page: string): Promise<void> {
  const [window] = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (window === undefined) {
    await worker.clients.openWindow(page);
    return;
  }
  await window.focus().catch(() => undefined);
  if (window.url !== page) await window.navigate(page).catch(() => worker.clients.openWindow(page));
}

async function fetchPage(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const { html, policy } = offlinePage(navigator.language);
    const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
    return new Response(html, { status: 503, headers });
  }
}
