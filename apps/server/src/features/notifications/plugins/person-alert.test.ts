import type { alerts } from "@gatehouse/contract";
import { describe, expect, test } from "vitest";
import { verifyWebhook } from "../../../platform/secrets/index.ts";
import { noticeText } from "../notice-text.ts";
import { httpDouble, saying, smtpSink } from "../testing/doubles.ts";
import { ALERT } from "../testing/outbox-house.ts";
import { EVENT_URL, email, ID, PLACE, send } from "../testing/plugin-calls.ts";
import { pluginOf } from "./registry.ts";

const SEEN: Partial<alerts.Alert> = {
  ruleName: "Person seen",
  deviceName: "Loading bay",
  siteName: "North yard",
  condition: { kind: "event", events: ["person"] },
  event: { id: ID, kind: "person", startMs: 0, labels: ["person"], count: 2, score: 0.874, zones: ["Door"] },
};

describe("an alert about a person", () => {
  test.each(["en", "fr"] as const)(
    "says who, where, when, how many and how sure, with a short link: %s",
    (language) => {
      const text = noticeText({ kind: "raised", alert: { ...ALERT, ...SEEN } }, { ...PLACE, language });
      expect(text.link).toBe(EVENT_URL);
      expect(text.lines).toEqual(
        language === "en"
          ? [
              "Camera: Loading bay, North yard",
              "Seen: 2 people at once, 87% sure",
              "Zone: Door",
              "Since: Mar 1, 2026, 1:00 PM",
            ]
          : [
              "Caméra\u00a0: Loading bay, North yard",
              "Vu\u00a0: 2 personnes à la fois, sûr à 87\u202f%",
              "Zone\u00a0: Door",
              "Depuis : 1 mars 2026, 13:00",
            ],
      );
    },
  );

  test("fits one SMS of the GSM alphabet, with its whole link", () => {
    const alert = {
      ...ALERT,
      ...SEEN,
      deviceName: "Entrepôt n° 3 – quai de chargement",
      siteName: "Œuvre d’Orléans",
    };
    for (const language of ["en", "fr"] as const) {
      const { body } = pluginOf("twilio").render(
        noticeText({ kind: "raised", alert }, { ...PLACE, language }),
      );
      expect(body.length).toBeLessThanOrEqual(160);
      expect(body.endsWith(` ${EVENT_URL}`)).toBe(true);
      expect(body).not.toMatch(/[–’ôâ\u00a0\u202f]/);
    }
  });

  const jpeg = Buffer.from([0xff, 0xd8, 0x0d, 0x0a, 0x2d, 0x2d, 0xff, 0xd9]);

  test("goes to Discord as an embed with fields, and with its picture as a form", async () => {
    await using double = await httpDouble(saying(200));
    const settings: alerts.ChannelSettings = {
      kind: "discord",
      webhookUrl: `${double.url}/api/webhooks/1/t`,
    };
    expect(await send(settings, SEEN, PLACE, { picture: jpeg, atMs: ALERT.raisedMs })).toEqual({ ok: true });
    const [call] = double.received;
    const form = await new Response(call?.bytes, {
      headers: { "content-type": String(call?.headers["content-type"]) },
    }).formData();
    const file = form.get("files[0]") as File;
    expect([file.name, file.type]).toEqual(["picture.jpg", "image/jpeg"]);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(jpeg);
    const { embeds, allowed_mentions } = JSON.parse(String(form.get("payload_json")));
    expect(allowed_mentions).toEqual({ parse: [] });
    expect(embeds).toEqual([
      expect.objectContaining({
        title: "Warning\\: Person seen\\: Loading bay",
        url: EVENT_URL,
        timestamp: new Date(ALERT.raisedMs).toISOString(),
        image: { url: "attachment://picture.jpg" },
        fields: expect.arrayContaining([{ name: "Seen", value: "2 people at once, 87% sure", inline: true }]),
      }),
    ]);
  });

  test("goes by e-mail with its picture beside the words", async () => {
    await using sink = await smtpSink();
    expect(await send(email(sink.port), SEEN, PLACE, { picture: jpeg })).toMatchObject({ ok: true });
    const raw = sink.mails[0]?.raw ?? "";
    expect(raw).toContain("Content-Disposition: inline; filename=picture.jpg");
    expect(raw).toContain(jpeg.toString("base64"));
  });

  test("goes to a webhook with its picture under the signature", async () => {
    await using double = await httpDouble(saying(204));
    const secret = "0123456789abcdef";
    const settings: alerts.ChannelSettings = { kind: "webhook", url: double.url, secret };
    await send(settings, SEEN, PLACE, { picture: jpeg });
    const [call] = double.received;
    expect(JSON.parse(call?.body ?? "")).toMatchObject({
      event: "alert.raised",
      link: EVENT_URL,
      alert: { event: SEEN.event },
      picture: jpeg.toString("base64"),
    });
    expect(
      verifyWebhook(secret, call?.body ?? "", String(call?.headers["gatehouse-signature"]), Date.now()),
    ).toBe(true);
  });
});
