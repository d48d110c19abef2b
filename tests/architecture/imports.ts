import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";

const FEATURE = "^apps/server/src/features/([^/]+)/";

/** Who may import whom; a rule names what it forbids. */
export const IMPORT_RULES: readonly IForbiddenRuleType[] = [
  {
    name: "no cycle",
    severity: "error",
    from: {},
    // A cycle of types alone costs nothing at run time.
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "a package never imports an app",
    severity: "error",
    from: { path: "^packages/" },
    to: { path: "^apps/" },
  },
  {
    name: "base imports nothing of ours",
    severity: "error",
    from: { path: "^packages/base/" },
    to: { path: "^(packages/(?!base/)|apps/)" },
  },
  {
    name: "platform never imports a feature",
    severity: "error",
    from: { path: "^apps/server/src/platform/" },
    to: { path: "^apps/server/src/(features|compose)/" },
  },
  {
    name: "a feature imports another only in compose",
    severity: "error",
    from: { path: FEATURE, pathNot: "\\.test\\.ts$" },
    to: { path: "^apps/server/src/features/", pathNot: "^apps/server/src/features/$1/" },
  },
  {
    name: "a feature never imports compose",
    severity: "error",
    from: { path: FEATURE, pathNot: "\\.test\\.ts$" },
    to: { path: "^apps/server/src/compose/" },
  },
  {
    name: "the console never imports the server",
    severity: "error",
    from: { path: "^apps/web/" },
    to: { path: "^apps/server/" },
  },
  {
    name: "the server never imports the console",
    severity: "error",
    from: { path: "^apps/server/" },
    to: { path: "^apps/web/" },
  },
  {
    name: "the agent imports packages only",
    severity: "error",
    from: { path: "^apps/agent/" },
    to: { path: "^apps/(?!agent/)" },
  },
  {
    name: "no other app imports the agent",
    severity: "error",
    from: { path: "^apps/(?!agent/)" },
    to: { path: "^apps/agent/" },
  },
  {
    name: "the product never imports the attack lab",
    severity: "error",
    from: { path: "^(apps|packages)/" },
    to: { path: "^lab/" },
  },
  {
    name: "production never imports test code",
    severity: "error",
    from: { path: "^(apps|packages)/", pathNot: "\\.test\\.tsx?$|/testing/|^packages/testkit/" },
    to: { path: "/testing/|\\.test\\.tsx?$|^packages/testkit/" },
  },
];

export interface Cruised {
  readonly modules: number;
  /** `rule: from → to`. */
  readonly violations: readonly string[];
}

/**
 * Follows every import below the given folders of `baseDir`. dependency-cruiser finds no module at all when it
 * cannot read TypeScript, so callers check `modules` too.
 */
export async function cruiseImports(baseDir: string, folders: readonly string[]): Promise<Cruised> {
  const { output } = await cruise(
    [...folders],
    {
      baseDir,
      parser: "swc",
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      // Tests may use syntax that the parser does not know yet (`using`).
      exclude: { path: "(^|/)(dist|fixtures|node_modules)/|\\.test\\.tsx?$" },
      ruleSet: { forbidden: [...IMPORT_RULES] },
      validate: true,
    },
    {
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
      conditionNames: ["import"],
      exportsFields: ["exports"],
    },
  );
  const result = output as ICruiseResult;
  return {
    modules: result.modules.filter((module) => /\.tsx?$/.test(module.source)).length,
    violations: result.summary.violations.map(
      (violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`,
    ),
  };
}
