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
