export { below, mutate } from "./mutate.ts";
