// `npm run gen`: documents that come from the code. `npm run gen -- --check` fails when one is stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ERRORS } from "@gatehouse/base";
import { PERMISSIONS, ROLE_NAMES, ROLES, roleGrants } from "@gatehouse/contract";
import { SUITE_IDS, type SuiteName } from "@gatehouse/secure-channel";
import { AgentConfig, AllowedCommand, RemoteSettings } from "../apps/agent/src/config/schema.ts";
import { configLeaves } from "../apps/server/src/platform/config/load.ts";
import { ledgerVectors } from "../packages/ledger/src/testing/ledger-vectors.ts";
import { sealedVectors } from "../packages/secure-channel/src/testing/sealed-vectors.ts";
import { sessionVectors } from "../packages/secure-channel/src/testing/session-vectors.ts";

const NOTE = "<!-- Made by `npm run gen` from the code; do not edit. -->";

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, row]) =>
      `| <a id="${code}"></a>\`${code}\` | ${row.status} | ${row.title} | ${row.fault} | ${row.retry ? "yes" : "no"} |`,
  );
  return [
    "# Errors",
    NOTE,
    "",
    "Every refusal is an RFC 9457 problem document with one of these codes in `code`; the console shows the text in the reader's language.",
    "*Fault*: whose mistake it was. *Again*: whether the same request may succeed later without a change.",
    "",
    "| code | status | meaning | fault | again |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function configurationPage(): string {
  const rows = configLeaves().map((leaf) => {
    const value = leaf.schema.default;
    const shown =
      value === "" || (Array.isArray(value) && value.length === 0)
        ? "*(none)*"
        : `\`${JSON.stringify(value)}\``;
    return `| \`${leaf.path.join(".")}\` | \`${leaf.env}\` | ${shown} | ${leaf.schema.description ?? ""} |`;
  });
  return [
    "# Configuration",
    NOTE,
    "",
    "Nothing needs to be set. A setting comes from the command line, else the environment, else `gatehouse.json` in the data folder, else its default.",
    "Unknown names and wrong values are all reported together and the program ends with exit code 78.",
    "",
    "| setting | environment | default | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function agentConfigurationPage(): string {
  const remote = new Set(Object.keys(RemoteSettings.properties));
  const leaves = [...configLeaves(AgentConfig), ...configLeaves(AllowedCommand, ["commands", "<name>"])];
  const rows = leaves.map(({ path, schema }) => {
    const value = schema.default === undefined ? "*(required)*" : `\`${JSON.stringify(schema.default)}\``;
    const fromServer = remote.has(path[0] as string) ? "yes" : "";
    return `| \`${path.join(".")}\` | ${value} | ${fromServer} | ${schema.description ?? ""} |`;
  });
  return [
    "# Configuration of the agent",
    NOTE,
    "",
    "`agent.json` in the state folder of [the agent](agent.md), mode 0600. Nothing needs to be set.",
    "",
    "| setting | default | also from the server | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function permissionsPage(): string {
  const rows = PERMISSIONS.map(
    (permission) =>
      `| \`${permission}\` | ${ROLE_NAMES.map((role) => (roleGrants(role, permission) ? "yes" : "")).join(" | ")} |`,
  );
  return [
    "# Permissions",
    NOTE,
    "",
    "Each operation names one permission; a role grants some of them. Somebody of another organisation gets the same answer as for a thing that does not exist.",
    "",
    `| permission | ${Object.keys(ROLES).join(" | ")} |`,
    `|---|${ROLE_NAMES.map(() => "---").join("|")}|`,
    ...rows,
    "",
  ].join("\n");
}

const sealedVectorsPage = (suite: SuiteName): string =>
  `${JSON.stringify(sealedVectors(SUITE_IDS[suite]), undefined, 2)}\n`;

const sessionVectorsPage = (suite: SuiteName): string =>
  `${JSON.stringify(sessionVectors(SUITE_IDS[suite]), undefined, 2)}\n`;

const PAGES: Readonly<Record<string, () => string>> = {
  "docs/errors.md": errorsPage,
  "docs/configuration.md": configurationPage,
  "docs/permissions.md": permissionsPage,
  "docs/agent-configuration.md": agentConfigurationPage,
  "packages/ledger/vectors/ledger.json": () => `${JSON.stringify(ledgerVectors(), undefined, 2)}\n`,
  "packages/secure-channel/vectors/sealed-c1.json": () => sealedVectorsPage("C1"),
  "packages/secure-channel/vectors/sealed-m1.json": () => sealedVectorsPage("M1"),
  "packages/secure-channel/vectors/session-c1.json": () => sessionVectorsPage("C1"),
  "packages/secure-channel/vectors/session-m1.json": () => sessionVectorsPage("M1"),
};

const check = process.argv.includes("--check");
for (const [path, make] of Object.entries(PAGES)) {
  const made = make();
  if (existsSync(path) && readFileSync(path, "utf8") === made) continue;
  if (check) {
    console.error(`${path} is stale: npm run gen`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, made);
    console.log(`${path} written`);
  }
}
