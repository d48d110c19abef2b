import { describe, expect, test } from "vitest";
import { smtpSink } from "../testing/doubles.ts";
import { check, email, ID, refusal, send } from "../testing/plugin-calls.ts";

describe("mail", () => {
  test("arrives with its text, its sender and a Message-ID that stays the same", async () => {
    await using sink = await smtpSink();
    expect(await send(email(sink.port))).toMatchObject({ ok: true });
    expect(await send(email(sink.port))).toMatchObject({ ok: true });
    const [first, second] = sink.mails;
    expect(first).toMatchObject({ from: "gatehouse@home.example", to: ["ada@home.example"] });
    expect(first?.headers.get("subject")).toBe("[Warning] Too warm: cellar-1");
    expect(first?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(first?.headers.get("message-id")).toBe(`<${ID}@home.example>`);
    expect(second?.headers.get("message-id")).toBe(`<${ID}@home.example>`);
  });

  test("a name with line breaks adds no header and no recipient", async () => {
    await using sink = await smtpSink();
    const ruleName = "Warm\r\nBcc: eve@evil.example\r\n\r\nDATA\r\n.\r\nRCPT TO:<eve@evil.example>";
    expect(
      await send(email(sink.port), { ruleName, deviceName: "a\nb: c", note: "\u2028x\r\n.\r\nQUIT" }),
    ).toMatchObject({ ok: true });
    expect(sink.mails).toHaveLength(1);
    expect(sink.mails[0]?.to).toEqual(["ada@home.example"]);
    expect([...(sink.mails[0]?.headers.keys() ?? [])]).not.toContain("bcc");
    expect(sink.mails[0]?.headers.get("subject")).toContain("Bcc: eve@evil.example");
  });

  test("STARTTLS that is asked for is never skipped, and an unknown certificate is refused", async () => {
    await using plain = await smtpSink();
    expect(await send(email(plain.port, { security: "starttls" }))).toMatchObject({
      ok: false,
      code: "tls_failed",
    });
    await using secure = await smtpSink({ secure: true });
    expect(await send(email(secure.port, { security: "tls" }))).toMatchObject({
      ok: false,
      code: "tls_failed",
    });
    await using upgrade = await smtpSink({ disabledCommands: [] });
    expect(await send(email(upgrade.port, { security: "starttls" }))).toMatchObject({
      ok: false,
      code: "tls_failed",
    });
    expect([...plain.mails, ...secure.mails, ...upgrade.mails]).toEqual([]);
  });

  test("a refused recipient is final, a full mailbox is not", async () => {
    const saysTo = (responseCode: number) =>
      smtpSink({ onRcptTo: (_to, _session, done) => done(Object.assign(new Error("no"), { responseCode })) });
    await using never = await saysTo(550);
    expect(await send(email(never.port))).toMatchObject({ code: "recipient_refused", detail: "550 no" });
    await using later = await saysTo(452);
    expect(await send(email(later.port))).toMatchObject({ code: "server_error" });
  });

  test("settings that cannot work, or would show a password, are refused", () => {
    expect(check(email(25, { from: "nobody" }))).toThrow(refusal("from"));
    for (const to of ["a@b, c@d", "a b@c", "Ada <a@b>", "a@b\r\nRCPT TO:<c@d>", "a@"]) {
      expect(check(email(25, { to: [to] }))).toThrow(refusal("to"));
    }
    expect(check(email(25, { host: "a/b" }))).toThrow(refusal("host"));
    expect(check(email(25, { user: "ada" }), false)).toThrow(refusal("security"));
    expect(check(email(25, { host: "::1", from: '"Ada, Home" <a@b.example>' }))).not.toThrow();
  });
});
