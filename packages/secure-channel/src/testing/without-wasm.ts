// Child process: a machine where tiny-secp256k1 does not load opens the checked-in C1 vectors. Prints JSON.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "tiny-secp256k1") throw new Error("not on this machine");
    return next(specifier, context);
  },
});

interface Vectors {
  bundles: Record<string, { agreementPrivate: string; signingPrivate: string }>;
  cases: { sender: string; recipient: string; envelope: string }[];
}

const { importKeyBundle, open, parseEnvelope, SUITE_IDS } = await import("../index.ts");
const { secp256k1Backend } = await import("../primitives/secp256k1.ts");
const { fromHex } = await import("../primitives/bytes.ts");

const text = readFileSync(new URL("../../vectors/sealed-c1.json", import.meta.url), "utf8");
const { bundles, cases } = JSON.parse(text) as Vectors;
const known = Object.values(bundles).flatMap(
  ({ agreementPrivate, signingPrivate }) =>
    importKeyBundle(SUITE_IDS.C1, fromHex(agreementPrivate), fromHex(signingPrivate)) ?? [],
);
const bundle = (keyId: string) => {
  const found = known.find((one) => one.keyId === keyId);
  if (found === undefined) throw new Error(`no bundle ${keyId}`);
  return found;
};
for (const { envelope, recipient, sender } of cases)
  open(parseEnvelope(fromHex(envelope)), bundle(recipient), bundle(sender));
console.log(JSON.stringify({ backend: secp256k1Backend, opened: cases.length }));
