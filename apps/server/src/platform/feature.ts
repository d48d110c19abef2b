import type { Route } from "./http/route.ts";
import type { JobDefinition } from "./jobs/jobs.ts";

/** What compose gets from every feature: data for the platform, and a life of its own where it needs one. */
export interface Feature {
  readonly name: string;
  readonly routes?: readonly Route[];
  readonly jobs?: readonly JobDefinition[];
  /** Called after the migrations, in compose's order; may open listeners. */
  start?(): Promise<void>;
  /** Called in reverse order; finishes what was accepted, within its deadline. */
  stop?(): Promise<void>;
}

export type { FeatureMigrations } from "./database/migrate.ts";
