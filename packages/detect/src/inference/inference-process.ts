import type { ModelSettings } from "./loaded-model.ts";
import type { Look } from "./messages.ts";
import { serveModel } from "./serve-model.ts";

// One model that came from outside, in a process that may die of it. It ends with whoever started it.

process.once("disconnect", () => process.exit());
process.once("message", (settings: ModelSettings) =>
  serveModel(settings, {
    say: (message) => process.send?.(message),
    listen: (take) => process.on("message", (look: Look) => take(look)),
  }),
);
