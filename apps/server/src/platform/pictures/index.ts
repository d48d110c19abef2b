export { lumaOf } from "./luma.ts";
