import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { pluginOf } from "../../apps/server/src/features/notifications/plugins/registry.ts";
import {
  PLACEHOLDERS as FILLED,
  fill,
} from "../../apps/server/src/features/notifications/plugins/template.ts";
import { PLACEHOLDERS, START, settingsOf } from "../../apps/web/src/features/settings/channel-draft.ts";
import { password as english } from "../../apps/web/src/i18n/en/password.ts";
import { password as french } from "../../apps/web/src/i18n/fr/password.ts";

// What the console says is what the server does: neither may import the other, so that only a test can compare them.

test("the form of an SMS gateway names exactly the placeholders that are filled in", () => {
  expect(Object.keys(PLACEHOLDERS).sort()).toEqual([...FILLED].sort());
  const template = Object.values(PLACEHOLDERS).join(" ");
  expect(fill(template, { to: "A", text: "B", secret: "C" }, (text) => text)).toBe("A B C");
});

test("what the form of an SMS gateway begins with is accepted", () => {
  const values = { ...START.sms_gateway, url: "https://sms.example/send", to: "+33612345678" };
  expect(() =>
    pluginOf("sms_gateway").check(settingsOf("sms_gateway", values) as never, { allowPrivate: false }),
  ).not.toThrow();
});

test("every warning and suggestion about a password has a text in both languages", () => {
  const server = createRequire(new URL("../../apps/server/package.json", import.meta.url));
  const translationKeys = server("@zxcvbn-ts/core/dist/data/translationKeys.cjs");
  for (const password of [english, french]) {
    expect(Object.keys(password.warning).sort()).toEqual(Object.keys(translationKeys.warnings).sort());
    expect(Object.keys(password.suggestion).sort()).toEqual(Object.keys(translationKeys.suggestions).sort());
  }
});
