import { expect, test } from "vitest";
import { codeOnly, ROOT, sourceFiles } from "./sources.ts";

// What docs/security.md says of algorithms and chance, held against the code.

const isTest = (path: string): boolean => /\.(test|e2e)\.tsx?$|\/testing\/|^packages\/testkit\//.test(path);
const product = ["apps", "packages"]
  .flatMap((folder) => sourceFiles(ROOT, folder))
  .filter(({ path }) => !isTest(path))
  .map(({ path, text }) => ({ path, text: codeOnly(text) }));

/** `name path` of what the pattern's first group finds in the product, each once. */
function namesOf(pattern: RegExp): string[] {
  const found = product.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(([, name]) => `${name} ${path}`),
  );
  return [...new Set(found)].toSorted();
}

test("ciphers are AES in GCM, ChaCha20-Poly1305 where the processor has no AES and in files of age, and CBC under a MAC in the one suite for old meters and in clips of others that are opened", () => {
  expect(
    namesOf(/["'`](aes-?\d+-?\w+|des(?:-\w+|3)|bf-\w+|rc[24](?:-\w+)?|chacha20\S*|\w+-ecb)["'`]/gi),
  ).toEqual([
    "aes-128-cbc apps/server/src/platform/secrets/fernet.ts",
    "aes-128-gcm packages/secure-channel/src/primitives/aes-gcm.ts",
    "aes-256-cbc packages/secure-channel/src/primitives/aes-cbc-hmac.ts",
    "aes-256-gcm apps/server/src/platform/secrets/seal.ts",
    "aes-256-gcm packages/secure-channel/src/primitives/aes-gcm.ts",
    "aes-256-gcm packages/secure-channel/src/segment-crypto.ts",
    "chacha20-poly1305 apps/server/src/platform/secrets/age.ts",
    "chacha20-poly1305 packages/secure-channel/src/segment-crypto.ts",
  ]);
});

test("hashes are SHA-256, and SHA-1 under HMAC for authenticator apps alone", () => {
  const names = namesOf(/\b(?:createHash|createHmac|hash|hkdfSync|sign|verify)\(\s*["'`](\w[\w-]*)["'`]/g);
  expect(names.filter((name) => !name.startsWith("sha256 "))).toEqual([
    // WebCrypto's name of the signature, whose hash is SHA-512 (RFC 8032).
    "Ed25519 packages/secure-channel/src/browser.ts",
    // A password that nobody has, for equal time: no name of an algorithm.
    "nobody apps/server/src/platform/secrets/password.ts",
    "sha1 apps/server/src/platform/secrets/totp.ts",
  ]);
  expect(names).toContain("sha256 apps/server/src/platform/secrets/digest.ts");
});

test("MD5 names rows of one device for the database, and answers cameras that know no other Digest", () => {
  expect(namesOf(/\b(md5)\b/gi)).toEqual([
    "MD5 packages/capture/src/http-auth.ts",
    "md5 apps/server/src/features/telemetry/catalogue-store.ts",
    "md5 apps/server/src/features/trust/held-store.ts",
    "md5 packages/capture/src/http-auth.ts",
  ]);
});

test("chance that can be foretold drives simulated devices alone", () => {
  expect(namesOf(/\b(seededRandom)\(/g)).toEqual([
    "seededRandom apps/server/src/cli/simulate.ts",
    "seededRandom apps/server/src/features/demo/simulated-device.ts",
    "seededRandom packages/base/src/random.ts",
    "seededRandom packages/device-types/src/conformance.ts",
  ]);
});

test("nobody switches off the check of a server's certificate, but for a listener that judges clients itself", () => {
  expect(
    namesOf(/(rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity)/g).map((found) =>
      found.replace(/\s+/g, " "),
    ),
  ).toEqual(["rejectUnauthorized: false apps/server/src/platform/tls/tls.ts"]);
});

test("the browser keeps choices of display and the public root it knows, and no cookie is read by a script", () => {
  const uses = namesOf(
    /\b(localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|serviceWorker)\b/g,
  );
  // The public page that verifies exports keeps itself, to work without a network; it reads nothing of ours. The
  // console's own worker shows what is pushed and keeps nothing.
  expect(uses.filter((use) => !use.includes(" packages/verifier/src/page/"))).toEqual([
    "localStorage apps/web/src/data/preference.ts",
    "localStorage apps/web/src/main.tsx",
    "serviceWorker apps/web/src/data/push.ts",
  ]);
  expect(namesOf(/createPreference(?:<[^>]*>)?\(\s*([\w."'`-]+)/g)).toEqual([
    '"gatehouse.live-boxes" apps/web/src/features/cameras/detection/use-live-boxes.ts',
    '"gatehouse.locale" apps/web/src/i18n/locale.ts',
    '"gatehouse.push" apps/web/src/data/push.ts',
    '"gatehouse.root" apps/web/src/data/known-root.ts',
    '"gatehouse.single-keys" apps/web/src/design/shortcuts.ts',
    '"gatehouse.site" apps/web/src/data/site.ts',
    "key apps/web/src/data/preference.ts",
  ]);
});
