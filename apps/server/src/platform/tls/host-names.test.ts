import { describe, expect, it } from "vitest";
import { certificateNames, machineNames } from "./host-names.ts";

const names = (configured: string[], machine: string[] = []) =>
  certificateNames(configured, machine).map(({ value }) => value);

describe("the names of a certificate", () => {
  it("always include localhost", () => {
    expect(names([])).toEqual(["127.0.0.1", "::1", "localhost"]);
  });

  it("are in one form and there once", () => {
    const found = names(["GATE.Example", "bücher.example", "2001:DB8:0::1"], ["gate.example", "2001:db8::1"]);
    expect(found).toEqual([
      "127.0.0.1",
      "2001:db8::1",
      "::1",
      "gate.example",
      "localhost",
      "xn--bcher-kva.example",
    ]);
  });

  it.each([
    "",
    "a b",
    "under_score.example",
    "-a.example",
    "fe80::1%eth0",
    "https://a.example",
    "a".repeat(64),
    "*",
  ])("refuse %j when the owner wrote it, and leave it out when the machine has it", (text) => {
    expect(() => names([text])).toThrow(expect.objectContaining({ code: "config.invalid" }));
    expect(names([], [text])).toEqual(names([]));
  });

  it("are bounded on a machine with very many networks", () => {
    const many = Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    expect(names(["gate.example"], many)).toHaveLength(100);
    expect(names(["gate.example"], many)).toContain("gate.example");
  });

  it("can be made of what this machine says about itself", () => {
    expect(certificateNames([], machineNames()).length).toBeGreaterThanOrEqual(3);
  });
});
