import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import { alerts as en } from "../../i18n/en/alerts.ts";
import { createFormat } from "../../i18n/format.ts";
import { alerts as fr } from "../../i18n/fr/alerts.ts";
import { conditionText, seenText, spanText, valueText, type Words } from "./condition-text.ts";

const METRICS = {
  en: { temperature: { name: "Temperature", unit: "°C" }, open: { name: "Open", unit: "" } },
  fr: { temperature: { name: "Température", unit: "°C" }, open: { name: "Ouvert", unit: "" } },
} as const;

function wordsOf(locale: "en" | "fr"): Words {
  const messages = { alerts: locale === "en" ? en : fr };
  const t = createTranslator({ locale, messages, namespace: "alerts.condition" }) as unknown as Words["t"];
  const known: Record<string, { name: string; unit: string }> = METRICS[locale];
  return {
    t,
    format: createFormat(locale, "America/Toronto"),
    metric: (key) => known[key] ?? { name: key, unit: "" },
  };
}

const english = wordsOf("en");
const french = wordsOf("fr");
const temperature = { kind: "threshold", metric: "temperature" } as const;

describe("a condition in words", () => {
  it("names the limit with its unit", () => {
    const above = { ...temperature, op: "above", limit: 61.5 } as const;
    expect(conditionText(above, english)).toBe("Temperature above 61.5\u00a0°C");
    expect(conditionText(above, french)).toBe("Température au-dessus de 61,5\u00a0°C");
  });

  it("names what a camera sees, how many and where", () => {
    const event = { kind: "event", events: ["person", "object"], minPeople: 2, zone: "Door" } as const;
    const body = { ...event, events: [...event.events] };
    expect(conditionText(body, english)).toBe(
      "Seen: a person / something else looked for, 2 or more at once, zone Door",
    );
    expect(conditionText({ kind: "event", events: ["motion"] }, french)).toBe("Vu\u00a0: un mouvement");
  });

  it("says of an event how many there were and how sure that is", () => {
    const seen = { id: "", startMs: 0, labels: ["dog"], count: 2, score: 0.874, zones: [] };
    expect(seenText({ ...seen, kind: "person" }, english)).toBe("2 people at once, 87% sure");
    expect(seenText({ ...seen, kind: "object" }, french)).toBe("dog, sûr à 87\u202f%");
    expect(seenText({ ...seen, kind: "motion" }, english)).toBe("motion");
  });

  it("takes the alert's own unit before the metric's usual one", () => {
    expect(conditionText({ ...temperature, op: "below", limit: 3 }, english, "°F")).toBe(
      "Temperature below 3\u00a0°F",
    );
  });

  it("names both ends of a range", () => {
    const outside = { ...temperature, op: "outside", limit: 2, upper: 8 } as const;
    expect(conditionText(outside, english)).toBe("Temperature outside 2\u00a0°C to 8\u00a0°C");
  });

  it("says how fast over how long", () => {
    const rate = {
      kind: "rate",
      metric: "temperature",
      op: "rises",
      perMinute: 0.25,
      windowMs: 90_000,
    } as const;
    expect(conditionText(rate, english)).toBe(
      "Temperature rises by more than 0.25\u00a0°C a minute over 90 s",
    );
  });

  it("says how long nothing was heard", () => {
    expect(conditionText({ kind: "silence", forMs: 600_000 }, english)).toBe("Nothing heard for 10 min");
    expect(conditionText({ kind: "silence", forMs: 172_800_000 }, french)).toBe("Plus rien reçu depuis 2 j");
  });

  it("speaks of states in words and keeps a metric it does not know", () => {
    expect(conditionText({ kind: "state", metric: "open", equals: true }, french)).toBe("Ouvert\u00a0: oui");
    expect(conditionText({ kind: "state", metric: "mode", equals: "fault" }, english)).toBe("mode: fault");
  });

  it("never rounds a length of time", () => {
    expect(["90000", "60000", "5400000", "7200000"].map((ms) => spanText(Number(ms), english))).toEqual([
      "90 s",
      "1 min",
      "90 min",
      "2 h",
    ]);
  });
});

describe("a value in words", () => {
  it("has its unit, or is a word, or a dash", () => {
    expect(valueText(61.62, "°C", english)).toBe("61.62\u00a0°C");
    expect(valueText(false, "", french)).toBe("non");
    expect(valueText(undefined, "", english)).toBe("–");
  });
});
