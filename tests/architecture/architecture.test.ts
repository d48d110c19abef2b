import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ERRORS } from "@gatehouse/base";
import * as contract from "@gatehouse/contract";
import { expect, test } from "vitest";
import { configLeaves } from "../../apps/server/src/platform/config/load.ts";
import { assertDeclared } from "../../apps/server/src/platform/http/mount.ts";
import { anatomyProblems, type Slice } from "./anatomy.ts";
import { findForbidden } from "./forbidden.ts";
import { cruiseImports } from "./imports.ts";
import { ROOT, sourceFiles } from "./sources.ts";

const FIXTURES = join(ROOT, "tests/architecture/fixtures");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

function slices(root: string): Slice[] {
  const folder = join(root, "apps/server/src/features");
  return readdirSync(folder).map((name) => {
    const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(join(folder, name).length + 1)
          .replaceAll("\\", "/"),
      );
    const readme = join(folder, name, "README.md");
    return { name, files, readme: existsSync(readme) ? readFileSync(readme, "utf8") : "" };
  });
}

function endpoints(): contract.AnyEndpoint[] {
  const groups = Object.values(contract).filter((group) => typeof group === "object");
  return groups.flatMap((group) =>
    Object.values(group as Record<string, unknown>).filter(
      (value): value is contract.AnyEndpoint =>
        typeof value === "object" && value !== null && "audience" in value && "path" in value,
    ),
  );
}

test("imports follow the house rules, without a cycle", async () => {
  const { modules, violations } = await cruiseImports(ROOT, [
    "apps/agent/src",
    "apps/server/src",
    "apps/web/src",
    "lab",
    "packages",
  ]);
  expect(violations).toEqual([]);
  expect(modules).toBeGreaterThan(150);
}, 120_000);

test("clock, chance, environment, cryptography and SQL stay in their rooms", () => {
  expect(findForbidden(["apps", "packages"].flatMap((folder) => sourceFiles(ROOT, folder)))).toEqual([]);
});

test("every slice has the same anatomy", () => {
  expect(slices(ROOT).flatMap(anatomyProblems)).toEqual([]);
});

test("every error code has a row, a text in both languages and a line in docs/errors.md", () => {
  const docs = read("docs/errors.md");
  const missing = Object.keys(ERRORS).filter((code) => !docs.includes(`\`${code}\``));
  expect(missing).toEqual([]);
});

test("every route has an audience, and every operator route a permission that exists", () => {
  const all = endpoints();
  expect(all.length).toBeGreaterThan(150);
  for (const endpoint of all) {
    assertDeclared(endpoint);
    if (endpoint.permission !== undefined) expect(contract.PERMISSIONS).toContain(endpoint.permission);
  }
});

test("every change by request names what the ledger keeps of it, or says why it keeps nothing", () => {
  const changes = endpoints().filter(({ method }) => method !== "GET");
  expect(changes.length).toBeGreaterThan(80);
  for (const { path, records, unrecorded } of changes) {
    for (const kind of records ?? []) expect(contract.ledger.LEDGER_KIND_NAMES).toContain(kind);
    if (records === undefined) expect(unrecorded, path).toMatch(/^\S.{9,}/);
  }
  const silent = { method: "POST", path: "/x", summary: "", tag: "", audience: "public", reply: {} } as const;
  expect(() => assertDeclared(silent)).toThrow(/ledger/);
  expect(() => assertDeclared({ ...silent, records: [] })).toThrow(/ledger/);
});

test("every setting is documented", () => {
  const docs = read("docs/configuration.md");
  expect(
    configLeaves().filter((leaf) => !docs.includes(`\`${leaf.env}\``) || !leaf.schema.description),
  ).toEqual([]);
});

test("every link and path in the documents leads somewhere", () => {
  const documents = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    ...readdirSync(join(ROOT, "docs"), { recursive: true }).map((name) => `docs/${String(name)}`),
  ].filter((name) => name.endsWith(".md"));
  const broken = documents.flatMap((document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
      (match) => match[1] as string,
    );
    return links
      .filter((link) => !existsSync(join(ROOT, document, "..", link)))
      .map((link) => `${document}: ${link}`);
  });
  expect(broken).toEqual([]);
});

test("a planted violation of each kind is caught", async () => {
  const { violations } = await cruiseImports(join(FIXTURES, "broken-house"), ["apps", "packages"]);
  const rules = violations.map((violation) => violation.split(":")[0]);
  for (const rule of [
    "no cycle",
    "a package never imports an app",
    "base imports nothing of ours",
    "platform never imports a feature",
    "a feature imports another only in compose",
    "a feature never imports compose",
    "the console never imports the server",
    "the server never imports the console",
    "the agent imports packages only",
    "no other app imports the agent",
    "production never imports test code",
  ]) {
    expect(rules).toContain(rule);
  }
  const found = findForbidden(sourceFiles(join(FIXTURES, "broken-house")));
  for (const name of ["process.env", "Date.now", "Math.random", "node:crypto", "kysely"])
    expect(found.join("\n")).toContain(name);
  const problems = slices(join(FIXTURES, "broken-house")).flatMap(anatomyProblems).join("\n");
  expect(problems).toContain("README.md is missing");
  expect(problems).toContain("index.ts is missing");
  expect(problems).toContain("migrations/ without tables.ts");
  expect(problems).toContain("not kebab-case");
  expect(() =>
    assertDeclared({ method: "GET", path: "/x", summary: "", tag: "", audience: "operator", reply: {} }),
  ).toThrow(/permission/);
}, 60_000);
