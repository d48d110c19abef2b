import type { Adapter } from "./adapter.ts";
import { ledTemperature } from "./led-temperature.ts";
import { native } from "./native.ts";
import { thingsboard } from "./thingsboard.ts";

export type { Adapter, DownMessage, Upward } from "./adapter.ts";
export { commandText } from "./native.ts";

/** Every dialect that is spoken; one line each. */
export const ADAPTERS: readonly Adapter[] = [native, ledTemperature, thingsboard];
