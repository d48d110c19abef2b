export type { AboutSource, Need, NetworkSource, Onlooker, OverviewSources } from "./ports.ts";
export { type OperationsDeps, operationsRoutes } from "./routes.ts";
