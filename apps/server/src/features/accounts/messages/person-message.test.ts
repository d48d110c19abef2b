import { describe, expect, it } from "vitest";
import { type PersonMessage, writeMail, writeSms } from "./person-message.ts";
import { en } from "./words.en.ts";
import { fr } from "./words.fr.ts";

const HOUR = 3_600_000;
const link = "https://gate.example/x#token";
const ALL: PersonMessage[] = [
  { purpose: "confirm_email", link, code: "123456", validMs: 24 * HOUR, codeValidMs: HOUR / 6 },
  { purpose: "sign_up_exists", link },
  { purpose: "sign_in_link", link, validMs: HOUR / 6 },
  { purpose: "code", code: "123456", validMs: HOUR / 6 },
  { purpose: "reset", link, validMs: HOUR },
  { purpose: "welcome_import", link, validMs: 14 * 24 * HOUR },
  { purpose: "change_reverted", link, validMs: 24 * HOUR },
  { purpose: "invitation", link, by: "Ada", role: "guard", validMs: 7 * 24 * HOUR },
  { purpose: "approved", link },
  { purpose: "rejected", reason: "No such house" },
  { purpose: "email_changed", link, newValue: "a•••@b.org", validMs: 72 * HOUR },
  { purpose: "phone_changed", link, newValue: "•••• 78", validMs: 72 * HOUR },
  { purpose: "password_changed" },
  { purpose: "factor_added", factor: "totp" },
  { purpose: "factor_removed", factor: "passkey" },
  { purpose: "new_browser", client: "Firefox 140 on Linux", address: "203.0.113.7" },
  { purpose: "under_attack", tries: 1_000 },
  { purpose: "erasure_requested", dueInMs: 72 * HOUR },
  { purpose: "erased", kept: ["ledger_entries"] },
];
const reader = { name: "Grace", organisation: "Régie Nord" };

describe("what people are told", () => {
  it("is whole in both languages, differs between them, and its subject is one line", () => {
    for (const message of ALL) {
      const texts = (["en", "fr"] as const).map((language) => writeMail(message, { ...reader, language }));
      for (const { subject, text } of texts) {
        expect(subject, message.purpose).toMatch(/^[^\r\n]{5,120}$/);
        expect(text, message.purpose).not.toMatch(/undefined|null|NaN|\[object/);
        expect(text).toContain("Grace");
        if ("link" in message) expect(text).toContain(message.link);
      }
      expect(texts[0]?.text, message.purpose).not.toBe(texts[1]?.text);
    }
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    expect(ALL.map(({ purpose }) => purpose).filter((purpose) => !(purpose in en))).toEqual([]);
  });

  it("says times as people do", () => {
    const text = (validMs: number) =>
      writeMail({ purpose: "reset", link, validMs }, { ...reader, language: "en" }).text;
    expect(
      [text(HOUR / 6), text(24 * HOUR), text(7 * 24 * HOUR)].map((one) => /for (.*):/.exec(one)?.[1]),
    ).toEqual(["10 minutes", "24 hours", "7 days"]);
  });

  it("cannot be broken out of by a name, a reason or an organisation", () => {
    const evil = "A\r\nBcc: x@y.org\n\n-- \u2028z";
    const { subject, text } = writeMail(
      { purpose: "rejected", reason: evil },
      { name: evil, organisation: evil, language: "en" },
    );
    expect(subject).not.toMatch(/[\r\n\u2028]/);
    expect(text.split("\n").some((line) => line.startsWith("Bcc:"))).toBe(false);
  });

  it("fits one SMS where it can, and never shows its code in the subject", () => {
    const { subject, text } = writeSms(
      { purpose: "code", code: "123456", validMs: HOUR / 6 },
      { ...reader, language: "fr" },
    );
    expect([text.length <= 160, text.startsWith("123456"), subject.includes("123")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
