import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "@gatehouse/base";
import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";

const problemsOf = (run: () => unknown): string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError && error.code === "config.invalid")
      return error.fields.problems as string[];
    throw error;
  }
  return [];
};

test("defaults listen on loopback only", () => {
  const config = loadConfig({});
  expect(config.http.host).toBe("127.0.0.1");
  expect(config.mqtt.host).toBe("127.0.0.1");
});

test("the command line wins over the environment, the environment over the file", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "gatehouse config "));
  writeFileSync(
    join(dataDir, "gatehouse.json"),
    JSON.stringify({ http: { port: 1, host: "::1" }, logLevel: "warn" }),
  );
  const config = loadConfig(
    { GATEHOUSE_DATA_DIR: dataDir, GATEHOUSE_HTTP_PORT: "2", GATEHOUSE_LOG_LEVEL: "error" },
    { "http.port": 3 },
  );
  expect([config.http.port, config.http.host, config.logLevel]).toEqual([3, "::1", "error"]);
});

test("every mistake is reported at once, by name", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "gatehouse-config-"));
  writeFileSync(join(dataDir, "gatehouse.json"), JSON.stringify({ htpp: { port: 1 } }));
  const problems = problemsOf(() =>
    loadConfig({ GATEHOUSE_DATA_DIR: dataDir, GATEHOUSE_HTTP_PORT: "many", GATEHOUSE_NOPE: "1" }),
  );
  expect(problems.join("\n")).toMatch(/htpp\.port: no such setting/);
  expect(problems.join("\n")).toMatch(/http\.port: /);
  expect(problems.join("\n")).toMatch(/GATEHOUSE_NOPE: no such setting/);
});

test("refuses plain MQTT on a network and switched-off TLS on a public address", () => {
  expect(problemsOf(() => loadConfig({ GATEHOUSE_MQTT_HOST: "0.0.0.0" }))[0]).toMatch(/mqtt\.host/);
  expect(
    problemsOf(() => loadConfig({ GATEHOUSE_HTTP_HOST: "0.0.0.0", GATEHOUSE_TLS_MODE: "off" }))[0],
  ).toMatch(/tls\.mode/);
});

test("proxies are named by address or range, and a mistake is told at the start", () => {
  const problem = (GATEHOUSE_TRUSTED_PROXIES: string): string =>
    problemsOf(() => loadConfig({ GATEHOUSE_TRUSTED_PROXIES })).join();
  for (const good of ["127.0.0.1", "10.0.0.0/8,192.0.2.7", "::1,fd00::/8", "2001:db8::1/128"])
    expect(problem(good), good).toBe("");
  for (const bad of [
    "loopback",
    "fe80::1%eth0",
    "10.0.0.0/33",
    "10.0.0",
    "fd00::/129",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "proxy.example",
  ])
    expect(problem(bad), bad).toMatch(/^trustedProxies: .* is no address/);
});

test("a database on a network is asked for its certificate, one on this machine is not", () => {
  const problem = (DATABASE_URL: string) => problemsOf(() => loadConfig({ DATABASE_URL }))[0] ?? "";
  for (const here of [
    "postgres://gh:pw@127.0.0.1:5432/gh",
    "postgres://gh:pw@localhost/gh",
    "postgres://gh:pw@[::1]:5432/gh",
    "postgres://gh@/gh?host=/run/postgresql",
    "postgres://gh@%2Frun%2Fpostgresql/gh",
    "/run/postgresql gh",
    "socket:/run/postgresql?db=gh",
    "postgres://gh:pw@db.example:5432/gh?sslmode=verify-full",
    "postgres://gh:pw@10.0.0.7/gh?sslmode=verify-full&sslrootcert=/etc/ssl/own.pem",
  ])
    expect(problem(here), here).toBe("");
  for (const open of [
    "postgres://gh:pw@db.example/gh",
    "postgres://gh:pw@10.0.0.7/gh?sslmode=require",
    "postgres://gh:pw@10.0.0.7/gh?sslmode=no-verify",
    "postgres://gh:pw@10.0.0.7/gh?sslmode=disable",
    "postgres://gh:pw@10.0.0.7/gh?sslmode=verify-full&ssl=0",
    "postgres://gh:pw@localhost/gh?host=db.example",
    "postgres://gh:pw@localhost.evil.example/gh",
    "gh:pw@@db.example",
  ]) {
    expect(problem(open), open).toMatch(/^databaseUrl: .*verify-full/);
    expect(problem(open)).not.toContain("pw");
  }
});
