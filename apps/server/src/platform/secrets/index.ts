export { equalConstantTime, hmacSha256, sha256, sha256Hex } from "./digest.ts";
