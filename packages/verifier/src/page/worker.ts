// Keeps the page that verifies exports for a time without a network. Asks the network first, so that a new release is
// seen as soon as there is one.

const PAGE = "/verify";
const KEPT = [PAGE, "/api/v1/ledger/trust"];
const CACHE = "verify";

/** What a service worker hears; the library for them clashes with the page's. */
interface Heard extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
}
interface Worker {
  readonly skipWaiting: () => Promise<void>;
  readonly clients: { readonly claim: () => Promise<void> };
  addEventListener(type: "install" | "activate" | "fetch", listener: (event: Heard) => void): void;
}
const worker = globalThis as unknown as Worker;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(KEPT))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "GET" && KEPT.includes(pathname))
    event.respondWith(newestOf(event.request, pathname));
});

async function newestOf(request: Request, pathname: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(pathname);
    if (kept === undefined) throw error;
    return kept;
  }
}
