import QRCode from "qrcode";
import { element, textElement } from "./dom.ts";
import { drawing } from "./seal.ts";

const TRUST = "/api/v1/ledger/trust";
const PAGE = "/verify";
const WORKER = "/verify-worker.js";
const QR_SIZE = 116;

interface Trust {
  readonly fingerprint: string;
  readonly words: readonly string[];
  readonly verifiers: readonly { readonly name: string; readonly sha256: string }[];
}

/**
 * What the installation that serves this page says of itself, with how to keep the page for a time without a
 * network. Opened from disk there is no such installation, and nobody is asked.
 */
export async function meetInstallation(onCompared: (fingerprint: string) => void): Promise<void> {
  if (!location.protocol.startsWith("http")) return;
  // Only in what browsers take for a secure address.
  await navigator.serviceWorker?.register(WORKER, { scope: PAGE }).catch(() => undefined);
  const trust = await readTrust();
  if (trust === undefined) return;
  element("installation").hidden = false;
  element("own").textContent = trust.fingerprint;
  element("own-words").textContent = trust.words.join(" ");
  element("qr").replaceChildren(qr(trust.fingerprint));
  element("compared").addEventListener("click", () => onCompared(trust.fingerprint));
  if (trust.verifiers.length === 0) return;
  element("release").hidden = false;
  element("digests").append(...trust.verifiers.map(({ name, sha256 }) => digest(name, sha256)));
  element<HTMLAnchorElement>("keep").href = "/ledger/verify.html";
}

async function readTrust(): Promise<Trust | undefined> {
  try {
    const response = await fetch(TRUST);
    return response.ok ? ((await response.json()) as Trust) : undefined;
  } catch {
    return undefined;
  }
}

function digest(name: string, sha256: string): HTMLElement {
  const item = textElement("li", `${name} `);
  const hash = textElement("span", sha256);
  hash.className = "mono";
  item.append(hash);
  return item;
}

/** Dark on white in both themes because scanners expect it. */
function qr(text: string): SVGSVGElement {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: "M" }).modules;
  const squares = [...data].flatMap((isDark, at) =>
    isDark ? [`M${at % size} ${Math.floor(at / size)}h1v1h-1z`] : [],
  );
  const made = drawing(size, QR_SIZE, [{ d: squares.join(""), fill: "#111716" }]);
  made.setAttribute("shape-rendering", "crispEdges");
  return made;
}
