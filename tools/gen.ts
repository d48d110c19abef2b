// `npm run gen`: documents that come from the code. `npm run gen -- --check` fails when one is stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ERRORS } from "@gatehouse/base";
import * as contract from "@gatehouse/contract";
import {
  FOUR_EYES_ACTS,
  HOST_PERMISSIONS,
  PERMISSIONS,
  PERSON_ONLY_PERMISSIONS,
  ROLE_NAMES,
  ROLES,
  roleGrants,
} from "@gatehouse/contract";
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

/** Operations that people and programs ask for, in the order of the contract. */
const operatorRoutes = (): contract.AnyEndpoint[] =>
  Object.values(contract)
    .flatMap((group) => (typeof group === "object" && group !== null ? Object.values(group as object) : []))
    .filter(
      (value): value is contract.AnyEndpoint =>
        typeof value === "object" && value !== null && "audience" in value && value.audience === "operator",
    );

const routeList = (routes: readonly contract.AnyEndpoint[]): string[] =>
  routes.map(({ method, path, summary }) => `- \`${method} ${path}\`: ${summary}`);

function permissionsPage(): string {
  const rows = PERMISSIONS.map((permission) => {
    const marks = [
      ...(HOST_PERMISSIONS.includes(permission) ? ["host"] : []),
      ...(PERSON_ONLY_PERMISSIONS.includes(permission) ? ["person"] : []),
    ];
    const grants = ROLE_NAMES.map((role) => (roleGrants(role, permission) ? "yes" : "")).join(" | ");
    return `| \`${permission}\` | ${grants} | ${marks.join(", ")} |`;
  });
  const routes = operatorRoutes();
  const acts = FOUR_EYES_ACTS.map((act) => {
    const named = routes.filter(({ fourEyes }) => fourEyes === act).map(({ summary }) => summary);
    return `| \`${act}\` | ${named.join("; ")} |`;
  });
  return [
    "# Permissions",
    NOTE,
    "",
    "Each operation names one permission. Whether somebody may do it is decided before anything is read, from three things together:",
    "",
    "1. **a role** that grants the permission: the main role, or a further grant (person × role × organisation, site or device);",
    "2. **the organisation**: another's things answer as if they did not exist;",
    "3. **the place**: an operation that names a thing needs the permission where that thing lies, and beyond it the thing does not exist either. Lists, searches, figures, exports and the live hub show the part that the permission reaches. An operation about the organisation as a whole needs the permission in the whole organisation.",
    "",
    "A thing at several sites (a board, a round of readings) is reached by whoever reaches all of them. A change of rights holds for the next request and for open connections within a second.",
    "",
    "## Roles",
    "",
    "A main role holds in the whole organisation unless it is narrowed; a customer's never does: what a customer may see is granted by site or device. Organisations add roles of their own. Nobody makes or gives a role that allows more than they may do themselves at that place, changes somebody who may do more, or changes their own; the last owner stays.",
    "*host*: only people of the organisation that hosts the installation have it. *person*: no program ever has it.",
    "",
    `| permission | ${Object.keys(ROLES).join(" | ")} | |`,
    `|---|${ROLE_NAMES.map(() => "---").join("|")}|---|`,
    ...rows,
    "",
    "## Programs",
    "",
    "`Authorization: Bearer ghp_…`, or Basic with any name and the token as its password: ten characters that find the token, 43 that carry 256 bits, six that check the others. The server keeps a SHA-256. A token names its permissions, can be limited to sites, ends within a year, and allows 600 calls a minute. It allows what it names and its maker may do at that moment: it weakens and dies with its maker's rights. It never allows what is marked *person* above, nor what needs a second factor.",
    "",
    "## A second factor in the last five minutes",
    "",
    ...routeList(routes.filter(({ stepUp }) => stepUp === true)),
    "",
    "## A second person",
    "",
    "An organisation chooses which acts need one. Such an act is kept sealed, shown to everybody who may do it themselves, and carried out once, exactly as asked, when one of them approves with a reason, if its requester may still ask for it then; its answer (a new key) is for the requester, once. After seven days it expires. Where nobody else is able, the requester confirms with a second factor and carries it out after a delay (24 hours unless chosen otherwise). Whoever can open the local socket owns the database's files and is beyond this.",
    "",
    "| act | operations |",
    "|---|---|",
    ...acts,
    "",
    "## In the console",
    "",
    "**Roles** shows what each allows in plain words; roles of one's own are made there, new or like another, and removed once nobody holds them. A **person's page** changes the main role, gives roles in the whole organisation, at a site or on a device, takes them back, and says what all of it together allows where. **Tokens** makes and revokes tokens of programs. **Approvals** has what one can decide, what one asked for, what was decided, and which acts need two; an act that is kept says so wherever it was asked. **Organisations** is the host's. Pages and buttons that would be refused are absent: on a device's page for that device, elsewhere for everything that may be reached.",
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
