import { existsSync, readFileSync } from "node:fs";
import type { alerts } from "@gatehouse/contract";
import { describe, expect, test } from "vitest";
import { noticeText } from "../notice-text.ts";
import { httpDouble, saying } from "../testing/doubles.ts";
import { ALERT } from "../testing/outbox-house.ts";
import { check, PLACE, refusal, send } from "../testing/plugin-calls.ts";
import { pluginOf } from "./registry.ts";

const SPEC = new URL("../../../../../../../shared/vectors/twilio-messages-openapi.json", import.meta.url);
const twilio = (baseUrl: string, part: object = {}): alerts.ChannelSettings => ({
  kind: "twilio",
  baseUrl,
  accountSid: `AC${"ab".repeat(16)}`,
  authToken: "token",
  from: "+33611111111",
  to: ["+33612345678"],
  ...part,
});

describe("Twilio", () => {
  test.skipIf(!existsSync(SPEC))("is called as its published OpenAPI says", async () => {
    interface Spec {
      paths: Record<
        string,
        {
          post: {
            parameters: { name: string; schema: { pattern: string } }[];
            requestBody: {
              content: Record<
                string,
                {
                  schema: {
                    properties: Record<string, { type: string; pattern?: string }>;
                    required: string[];
                  };
                }
              >;
            };
            security: object[];
          };
        }
      >;
    }
    const { paths } = JSON.parse(readFileSync(SPEC, "utf8")) as Spec;
    const [template, { post }] = Object.entries(paths).find(([path]) => path.endsWith("/Messages.json")) as [
      string,
      Spec["paths"][string],
    ];
    const [contentType, { schema }] = Object.entries(post.requestBody.content)[0] as [
      string,
      { schema: { properties: Record<string, { type: string; pattern?: string }>; required: string[] } },
    ];
    for (const from of ["+33611111111", `MG${"0".repeat(32)}`]) {
      await using double = await httpDouble(saying(201, { sid: `SM${"0".repeat(32)}` }));
      expect(await send(twilio(`${double.url}/`, { from }))).toEqual({
        ok: true,
        reference: `SM${"0".repeat(32)}`,
      });
      const [call] = double.received;
      expect(call?.method).toBe("POST");
      const path = new RegExp(
        `^${template.replace(/[.]/g, "\\$&").replace("{AccountSid}", "([^/]+)")}$`,
      ).exec(call?.path ?? "");
      expect(path?.[1]).toMatch(
        new RegExp(post.parameters.find(({ name }) => name === "AccountSid")?.schema.pattern ?? "^$"),
      );
      expect(call?.headers["content-type"]).toBe(contentType);
      expect(post.security).toEqual([{ accountSid_authToken: [] }]);
      const basic = Buffer.from(
        String(call?.headers.authorization).slice("Basic ".length),
        "base64",
      ).toString();
      expect(basic).toBe(`AC${"ab".repeat(16)}:token`);
      const form = new URLSearchParams(call?.body);
      for (const name of schema.required) expect(form.has(name)).toBe(true);
      for (const [name, value] of form) {
        const property = schema.properties[name];
        expect(property, name).toBeDefined();
        if (property?.pattern !== undefined) expect(value).toMatch(new RegExp(property.pattern));
      }
      expect(form.get("To")).toBe("+33612345678");
      expect(form.get("Body")).toContain("Too warm");
    }
  });

  test.each<[number, object, string]>([
    [401, { code: 20003, message: "Authenticate" }, "auth_refused"],
    [400, { code: 21211, message: "Invalid 'To' Phone Number" }, "recipient_refused"],
    [400, { code: 21606, message: "The From number is not valid" }, "rejected"],
    [503, { message: "unavailable" }, "server_error"],
  ])("says what %i with %j means", async (status, body, code) => {
    await using double = await httpDouble(saying(status, body));
    expect(await send(twilio(double.url))).toMatchObject({ ok: false, code });
  });

  test("waits as long as it is asked to", async () => {
    await using double = await httpDouble(saying(429, {}, { "retry-after": "120" }));
    expect(await send(twilio(double.url))).toMatchObject({ code: "rate_limited", retryAfterMs: 120_000 });
  });

  test("numbers and names are checked before anything is sent", () => {
    expect(check(twilio("https://x.example", { accountSid: "AC1/../2" }))).toThrow(refusal("accountSid"));
    expect(check(twilio("https://x.example", { to: ["0612345678"] }))).toThrow(refusal("to"));
    expect(check(twilio("https://x.example", { from: "a name too long" }))).toThrow(refusal("from"));
    expect(check(twilio("https://x.example", { from: "Gatehouse" }))).not.toThrow();
  });

  test("a text is at most two messages long, cut between characters", () => {
    const long = noticeText({ kind: "raised", alert: { ...ALERT, ruleName: "🔥".repeat(400) } }, PLACE);
    const { body } = pluginOf("twilio").render(long);
    expect([...body]).toHaveLength(306);
    expect(body.isWellFormed()).toBe(true);
  });
});
