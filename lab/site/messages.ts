import type { ControlName } from "../attack.ts";

/** From the runner to the process of its site. */
export type ToSite =
  | { readonly kind: "start"; readonly env: Record<string, string>; readonly off?: ControlName | undefined }
  | { readonly kind: "stop" }
  /** How much memory it holds. */
  | { readonly kind: "weigh" };

export type FromSite =
  | { readonly kind: "ready"; readonly setupUrl: string | undefined; readonly atMs: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "weighed"; readonly heldBytes: number }
  | { readonly kind: "failed"; readonly reason: string };
