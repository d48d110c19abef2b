import type { alerts } from "@gatehouse/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { httpDouble } from "../testing/doubles.ts";
import { check, ID, refusal, send } from "../testing/plugin-calls.ts";
import { encoderOf, fill } from "./template.ts";

describe("an SMS gateway", () => {
  const gateway = (url: string, part: object = {}): alerts.ChannelSettings => ({
    kind: "sms_gateway",
    url,
    method: "POST",
    headers: {},
    bodyTemplate: '{"to":"{{to}}","text":"{{text}}"}',
    contentType: "application/json",
    secret: "k3y&",
    to: ["+33612345678"],
    ...part,
  });
  const nasty = 'x","to":"+1\\u0000{{secret}}&a=b<!--';

  test("gets a body that no value can break out of, whatever its type", async () => {
    await using double = await httpDouble();
    const types: [string, string][] = [
      ["application/json; charset=utf-8", '{"to":"{{to}}","text":"{{text}}"}'],
      ["application/x-www-form-urlencoded", "to={{to}}&text={{text}}"],
      ["text/xml", "<sms to='{{to}}'>{{text}}</sms>"],
      ["text/plain", "{{to}} {{text}}"],
    ];
    for (const [contentType, bodyTemplate] of types)
      expect(
        await send(gateway(double.url, { contentType, bodyTemplate }), { ruleName: nasty }),
      ).toMatchObject({ ok: true });
    const [json, form, xml, plain] = double.received.map(({ body }) => body) as [
      string,
      string,
      string,
      string,
    ];
    expect(JSON.parse(json)).toEqual({ to: "+33612345678", text: expect.stringContaining(nasty) });
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      to: "+33612345678",
      text: expect.stringContaining(nasty),
    });
    expect(xml).not.toContain("<!--");
    for (const body of [json, form, xml, plain]) expect(body).not.toContain("k3y&");
  });

  test("the secret goes into a header or the body, encoded, and into nothing else", async () => {
    await using double = await httpDouble();
    const settings = gateway(double.url, {
      method: "PUT",
      headers: { "X-Key": "k {{secret}}" },
      contentType: "application/x-www-form-urlencoded",
      bodyTemplate: "key={{secret}}&text={{text}}",
    });
    expect(await send(settings)).toMatchObject({ ok: true });
    expect(double.received[0]).toMatchObject({
      method: "PUT",
      headers: { "x-key": "k k3y&", "idempotency-key": ID },
    });
    expect(double.received[0]?.body).toMatch(/^key=k3y%26&text=Warning/);
  });

  test("filling a template with JSON gives back exactly the values", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (to, text) => {
        const filled = fill(
          '{"a":"{{to}}","b":"{{text}}"}',
          { to, text, secret: "" },
          encoderOf("application/json"),
        );
        expect(JSON.parse(filled)).toEqual({ a: to, b: text });
      }),
    );
  });

  test("templates and headers that cannot work are refused", () => {
    expect(check(gateway("https://x.example", { bodyTemplate: '{"to":"{{to}}"}' }))).toThrow(
      refusal("bodyTemplate"),
    );
    expect(check(gateway("https://x.example", { bodyTemplate: "{{text}}" }))).toThrow(
      refusal("bodyTemplate"),
    );
    expect(check(gateway("https://x.example", { contentType: "image/png" }))).toThrow(refusal("contentType"));
    expect(check(gateway("https://x.example", { headers: { Host: "evil" } }))).toThrow(refusal("headers"));
    expect(check(gateway("https://x.example", { headers: { "X-A": "a\r\nX-B: b" } }))).toThrow(
      refusal("headers"),
    );
    expect(check(gateway("https://x.example", { contentType: "__proto__" }))).toThrow(refusal("contentType"));
  });
});
