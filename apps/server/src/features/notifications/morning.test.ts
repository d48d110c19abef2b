import { expect, test } from "vitest";
import { textOf } from "./notice-text.ts";
import type { Morning } from "./ports.ts";

const site = {
  name: "Yard\u2028<b>",
  people: 2,
  mostAtOnce: 3,
  alarms: 1,
  others: 4,
  open: 1,
  silent: ["Gate"],
};
const morning: Morning = {
  ...{ tenantId: "t", kind: "morning", severity: "info", channelIds: ["c"], day: "2026-07-09" },
  sites: [site, { ...site, name: "House", people: 0, silent: [] }],
};
const place = {
  ...{ organisation: "Acme", timeZone: "Europe/Paris", publicUrl: "https://gate.example" },
  eventUrl: () => "",
};

test("a morning's message has a line for each site, and names cameras that were silent", () => {
  expect(textOf(morning, { ...place, language: "en" })).toMatchObject({
    subject: "Before the cameras on Thursday, July 9, 2026",
    lines: [
      "Yard <b>: 2 with people (3 at once at most), 1 alarm, 4 other events, 1 not decided",
      "Without pictures for half an hour or longer: Gate",
      "House: 0 with people, 1 alarm, 4 other events, 1 not decided",
    ],
    link: "https://gate.example/cameras/summary?day=2026-07-09",
  });
  const one = textOf(
    { ...morning, sites: [{ ...site, others: 1, silent: [] }] },
    { ...place, language: "fr" },
  );
  expect(one.lines[0]).toContain("1 alarme, 1 autre événement, 1 sans décision");
  const { subject, lines } = textOf({ ...morning, sites: [] }, { ...place, language: "fr" });
  expect([subject, lines]).toEqual([
    "Devant les caméras le jeudi 9 juillet 2026",
    ["Aucune caméra pour l’instant."],
  ]);
});
