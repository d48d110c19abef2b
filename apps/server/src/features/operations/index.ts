export type { AboutSource, Need, NetworkSource, OverviewSources } from "./ports.ts";
export { type OperationsDeps, operationsRoutes } from "./routes.ts";
