import { execFileSync } from "node:child_process";
import { DEVICE_TYPES, validateReading } from "@gatehouse/device-types";
import { describe, expect, it } from "vitest";
import { brokerOf, exampleOf, type SnippetInput, shellQuote, snippetOf, WAYS } from "./snippets.ts";

const listener = (kind: string, host: string, port: number) => ({
  kind,
  host,
  port,
  url: `${kind}://${host}:${port}`,
  loopbackOnly: false,
});

const input: SnippetInput = {
  network: {
    publicUrl: "https://gatehouse.example:8443",
    listeners: [listener("mqtt", "127.0.0.1", 1883), listener("mqtts", "0.0.0.0", 8883)],
    ca: { fingerprint: "aa", expiresMs: 0 },
  },
  deviceName: "boiler-02",
  typeId: "thermometer",
  apiKey: "gh_key_secret",
  caPem: "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n",
};

describe("snippets", () => {
  it.each(WAYS)("%s names the real host, port, device and key", (way) => {
    const text = snippetOf(way, input) ?? "";
    expect(text).toContain("gatehouse.example");
    expect(text).toContain("gh_key_secret");
    expect(text).toContain(way === "curl" ? "8443" : "8883");
    if (way !== "curl") expect(text).toContain("gh/boiler-02/up/telemetry");
    expect(text).toMatch(/ca\.pem|BEGIN CERTIFICATE/);
  });

  it("use the plain listener and no authority where there is no encrypted one", () => {
    const plain: SnippetInput = {
      ...input,
      network: { publicUrl: "http://127.0.0.1:8080", listeners: [listener("mqtt", "127.0.0.1", 1883)] },
    };
    for (const way of WAYS) expect(snippetOf(way, plain), way).not.toMatch(/ca\.pem|CERTIFICATE|tls_set/i);
    expect(brokerOf(plain.network)).toEqual({ host: "127.0.0.1", port: 1883, tls: false, ownCa: false });
  });

  it("are absent for MQTT when no broker listens", () => {
    const none = { ...input, network: { ...input.network, listeners: [] } };
    expect(snippetOf("python", none)).toBeUndefined();
    expect(snippetOf("curl", none)).toContain("/api/v1/ingest");
  });

  it("send an example that each type accepts", () => {
    for (const type of DEVICE_TYPES) expect(validateReading(type, exampleOf(type.id)).ok, type.id).toBe(true);
  });
});

describe("shell quoting", () => {
  const shell = (command: string) => execFileSync("/bin/sh", ["-c", command], { encoding: "utf8" });

  it.each(["boiler-02", "it's", "a b", '$HOME `id` "x"', "", "-n\\t;rm", "é*?[]"])(
    "hands %j to the command unchanged",
    (text) => {
      expect(shell(`printf %s ${shellQuote(text)}`)).toBe(text);
    },
  );

  it("keeps every argument of a whole command", () => {
    const command = (snippetOf("mosquitto", { ...input, apiKey: "a'b $c" }) ?? "").replace(
      /^mosquitto_pub/,
      "printf '%s\\n'",
    );
    expect(shell(command).split("\n")).toEqual(
      expect.arrayContaining(["a'b $c", "gh/boiler-02/up/telemetry", '{"temperature":21.4}']),
    );
  });
});
