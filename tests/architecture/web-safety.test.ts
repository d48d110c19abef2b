import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as contract from "@gatehouse/contract";
import { expect, test } from "vitest";
import { codeOnly, ROOT, type SourceFile, sourceFiles } from "./sources.ts";

// What is safe because it is nowhere: each search is tried on a line that it must find.

const product: SourceFile[] = ["apps", "packages"]
  .flatMap((folder) => sourceFiles(ROOT, folder))
  .filter(({ path }) => !/\.(test|e2e)\.tsx?$|\/testing\/|^packages\/testkit\//.test(path))
  .map(({ path, text }) => ({ path, text: codeOnly(text) }));

/** `path: what was found` */
const found = (pattern: RegExp, files: readonly SourceFile[] = product): string[] =>
  files.flatMap(({ path, text }) => (text.match(pattern) ?? []).map((what) => `${path}: ${what.trim()}`));

function nowhere(pattern: RegExp, planted: readonly string[]): void {
  for (const text of planted) expect(found(pattern, [{ path: "planted", text }]), text).not.toEqual([]);
  expect(found(pattern)).toEqual([]);
}

const endpoints = Object.values(contract)
  .filter((group) => typeof group === "object")
  .flatMap((group) => Object.values(group as Record<string, unknown>))
  .filter(
    (value): value is contract.AnyEndpoint =>
      typeof value === "object" && value !== null && "audience" in value,
  );

test("no text becomes a program", () => {
  nowhere(/\beval\(|\bnew Function\(|from "node:vm"|\b(?:setTimeout|setInterval)\(\s*["'`]/g, [
    "eval(text)",
    "new Function(text)",
    'import { runInContext } from "node:vm";',
    'setTimeout("go()", 1)',
  ]);
});

test("no text becomes markup, and no page listens to what other windows say", () => {
  nowhere(
    /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write\(|createContextualFragment|\bsrcdoc\b|srcDoc/g,
    ["<p dangerouslySetInnerHTML={{ __html: text }} />", "p.innerHTML = text", "document.write(text)"],
  );
  nowhere(
    /(?:window|globalThis|self)\.(?:addEventListener\("message"|onmessage)|window\.open\(|window\.opener/g,
    ['window.addEventListener("message", take)', "window.open(url)"],
  );
});

test("no text becomes a command line: programs are started by name and list of arguments, without a shell", () => {
  nowhere(
    /\bshell:\s*(?:true|process|["'`]\/)|import \{[^}]*\b(?:exec|execSync)\b[^}]*\} from "node:child_process"/g,
    ["spawn(name, { shell: true })", 'import { exec } from "node:child_process";'],
  );
});

test("no text becomes a pattern: regular expressions are written down, not put together", () => {
  const pattern = /\b(?:new )?RegExp\([^)\n]*/g;
  expect(found(pattern, [{ path: "planted", text: "new RegExp(text)" }])).toHaveLength(1);
  // Names of lines of /proc/meminfo, and a constant that is a schema's pattern too.
  const files = new Set(found(pattern).map((one) => one.split(":", 1)[0]));
  expect([...files]).toEqual(["apps/agent/src/sensors/system.ts", "packages/ledger/src/personal.ts"]);
});

test("no text becomes a format: names of log lines are written down", () => {
  nowhere(/\blog\.(?:debug|info|warn|error|fatal)\(\s*`|util\.format\(|from "node:util\/format"/g, [
    "log.info(`a device came`)",
    "util.format(text, 1)",
  ]);
});

test("no parser of XML, LDAP, XPath, LaTeX, GraphQL, SAML or HTML is part of the product", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; link?: boolean }>;
  };
  const names = Object.entries(lock.packages)
    .filter(([path, { dev, link }]) => path.includes("node_modules/") && dev !== true && link !== true)
    .map(([path]) => path.split("node_modules/").at(-1) as string);
  expect(names.length).toBeGreaterThan(200);
  const foreign =
    /xml|ldap|xpath|(?:^|-)latex|katex|graphql|saml|memcache|\bredis\b|jndi|openid|oauth|passport|parse5|cheerio|jsdom|markdown|handlebars|mustache|\bejs\b|nunjucks|multer|multipart|busboy|node-serialize|webrtc/i;
  expect(
    ["fast-xml-parser", "ldapjs", "passport-saml", "@fastify/multipart"].every((name) => foreign.test(name)),
  ).toBe(true);
  expect(names.filter((name) => foreign.test(name))).toEqual([]);
  nowhere(/\bdeserialize\(|\bDOMParser\b|XSLTProcessor/g, ["deserialize(bytes)", "new DOMParser()"]);
});

test("what only reads changes nothing: of a GET the ledger has at most that it was read", () => {
  const reading = endpoints.filter(({ method }) => method === "GET");
  expect(reading.length).toBeGreaterThan(80);
  const kinds = new Set(reading.flatMap(({ records }) => records ?? []));
  expect([...kinds].filter((kind) => !kind.endsWith(".exported"))).toEqual([]);
});

test("every answer that is text says in which characters, and no answer is a page of somebody else's making", () => {
  const types = endpoints.flatMap(({ path, contentType }) =>
    contentType === undefined ? [] : [{ path, contentType }],
  );
  expect(types.length).toBeGreaterThan(8);
  expect(
    types.filter(
      ({ contentType }) => /^text\/|xml/.test(contentType) && !contentType.includes("charset=utf-8"),
    ),
  ).toEqual([]);
  const pages = types.filter(({ contentType }) => contentType.startsWith("text/html"));
  expect(pages.map(({ path }) => path)).toEqual([
    contract.ledger.getVerifyPage.path,
    contract.ledger.getVerifyPageHere.path,
  ]);
});

test("a file to save has a name of ours, and a browser is told to save it", () => {
  const set = found(/header\("content-disposition",[^)]*\)/g);
  expect(set.length).toBeGreaterThan(4);
  for (const one of set)
    expect(one).toMatch(
      /["'`]attachment; filename="[\w.-]*(?:\$\{(?:isCsv \? "csv" : "ndjson"|day|page\.name|params\.id|fileName)\}[\w.-]*)?"["'`]\)$/,
    );
});

test("every field for a password hides it, can be pasted into, and is named for password managers", () => {
  const pages = product.filter(({ path }) => path.endsWith(".tsx"));
  const fields = found(/<PasswordInput[\s\S]*?\/>/g, pages);
  expect(fields.length).toBeGreaterThan(6);
  for (const field of fields) expect(field).toMatch(/autoComplete="(?:current-password|new-password|off)"/);
  const own = fields.filter((field) => !field.startsWith("apps/web/src/features/settings/"));
  expect(own.filter((field) => field.includes('autoComplete="off"'))).toEqual([]);
  expect(found(/onPaste|onBeforeInput/g, pages)).toEqual([]);
  expect(
    found(
      /<(?:TextInput|Input|input|Textarea)\b(?:(?!\/>)[\s\S])*?(?:type="password"|getInputProps\("password"\)|\w+-password")/g,
      pages,
    ),
  ).toEqual([]);
});

test("nobody is asked for a hint or the answer to a secret question", () => {
  const secret = /hint|question|answer|maiden|remind/i;
  const names = (schema: unknown): string[] =>
    typeof schema !== "object" || schema === null
      ? []
      : Object.entries(schema).flatMap(([name, part]) => [
          ...(name === "properties" && typeof part === "object" ? Object.keys(part as object) : []),
          ...names(part),
        ]);
  const asked = endpoints.flatMap(({ path, body }) => names(body).map((name) => `${path}: ${name}`));
  expect(asked.length).toBeGreaterThan(150);
  expect(asked.filter((one) => secret.test(one.split(": ")[1] ?? ""))).toEqual([]);
});
