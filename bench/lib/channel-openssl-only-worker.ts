// Child process: single C1 messages of 256 bytes opened per second of one core, on a machine where the wasm of
// tiny-secp256k1 does not load. Prints the number.
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "tiny-secp256k1") throw new Error("not on this machine");
    return next(specifier, context);
  },
});

const { measureSealed, SIZES } = await import("./channel-sealed.ts");
console.log(measureSealed(1, SIZES["256b"]).open);
