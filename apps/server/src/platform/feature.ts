import type { Resources } from "./http/resources.ts";
import type { Route } from "./http/route.ts";
import type { JobDefinition } from "./jobs/jobs.ts";
import type { NameSource } from "./names.ts";

/** What compose gets from every feature: data for the platform, and a life of its own where it needs one. */
export interface Feature {
  readonly name: string;
  readonly routes?: readonly Route[];
  readonly jobs?: readonly JobDefinition[];
  /** Whose its things are and where they lie: asked before a route that names one is answered. */
  readonly resources?: Resources;
  /** What its things are called, for who reads of them in the log. */
  readonly names?: readonly NameSource[];
  /** Called after the migrations, in compose's order; may open listeners. */
  start?(): Promise<void>;
  /** Called in reverse order; finishes what was accepted, within its deadline. */
  stop?(): Promise<void>;
}

export type { FeatureMigrations } from "./database/migrate.ts";
