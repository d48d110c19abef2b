import type { alerts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { en } from "./messages.en.ts";
import { fr } from "./messages.fr.ts";
import { noticeText } from "./notice-text.ts";
import { ALERT } from "./testing/outbox-house.ts";
import { PLACE } from "./testing/plugin-calls.ts";

/** A line that takes figures. */
const MORNING = ["v0", { people: 11, mostAtOnce: 12, alarms: 13, others: 14, open: 15 }] as const;
test("both languages have the same texts, none of them empty, each with its values", () => {
  const walk = (value: unknown, path: string): [string, string][] => {
    if (typeof value === "function") {
      const values =
        path === ".morning.site" ? MORNING : Array.from({ length: value.length }, (_, i) => `v${i}`);
      const said = String((value as (...all: unknown[]) => string)(...values));
      const expected = path.endsWith("tested") ? [] : values;
      for (const one of expected)
        for (const value of typeof one === "string" ? [one] : Object.values(one))
          expect(said, path).toContain(String(value));
      return [[path, said]];
    }
    if (typeof value === "string") return [[path, value]];
    return Object.entries(value as object).flatMap(([key, part]) => walk(part, `${path}.${key}`));
  };
  const [english, french] = [walk(en, ""), walk(fr, "")];
  expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
  for (const [path, text] of [...english, ...french]) expect(text.trim(), path).not.toBe("");
});

test("a notice is written in the tenant's language, zone and numbers", () => {
  const text = noticeText({ kind: "raised", alert: ALERT }, { ...PLACE, language: "fr" });
  expect(text.subject).toBe("Too warm : cellar-1");
  expect(text.lines).toEqual([
    "Appareil : cellar-1, Home",
    "Mesure : temperature = 31,25 °C",
    "Règle : au-dessus de 30 °C",
    "Depuis : 1 mars 2026, 13:00",
  ]);
  expect(text.link).toBe(`https://gatehouse.example/alerts/${ALERT.id}`);
});

test.each<[alerts.RuleCondition, string]>([
  [{ kind: "silence", forMs: 5_400_000 }, "Rule: nothing heard for 90 minutes"],
  [{ kind: "silence", forMs: 172_800_000 }, "Rule: nothing heard for 2 days"],
  [{ kind: "state", metric: "open", equals: true }, "Rule: open is on"],
  [
    { kind: "rate", metric: "t", op: "falls", perMinute: 2, windowMs: 60_000 },
    "Rule: falls by 2 °C a minute or more",
  ],
  [
    { kind: "threshold", metric: "t", op: "outside", limit: -5, upper: 1e9 },
    "Rule: outside -5 °C to 1,000,000,000 °C",
  ],
])("every condition has its sentence: %j", (condition, sentence) => {
  const metric = condition.kind === "state" ? "open" : "t";
  expect(noticeText({ kind: "raised", alert: { ...ALERT, metric, condition } }, PLACE).lines).toContain(
    sentence,
  );
});
