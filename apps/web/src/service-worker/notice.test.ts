import { expect, test } from "vitest";
import { offlinePage, pageOf, readNotice } from "./notice.ts";

const ORIGIN = "https://gatehouse.example";
const ALERT_ID = "0198f000-0000-7000-8000-000000000001";

test("a message becomes a notice, without what it should not hold", () => {
  const sent = {
    title: "Person seen: gate",
    body: "1 person",
    url: "/e/abc",
    tag: ALERT_ID,
    alertId: ALERT_ID,
    actions: [{ action: "acknowledge", title: "Acknowledge" }, { action: "delete", title: "x" }, 7],
    image: "https://elsewhere.example/track.gif",
  };
  const { image: _, ...notice } = sent;
  expect(readNotice(`${JSON.stringify(sent)}   `)).toEqual({ ...notice, actions: sent.actions.slice(0, 1) });
});

test("what cannot be read is shown as a plain notice", () => {
  const plain = { title: "Gatehouse", body: "", url: "/alerts", tag: "gatehouse", actions: [] };
  for (const text of [undefined, "", "{", "7", "null", "[]", '{"title":7,"alertId":"../x"}'])
    expect(readNotice(text)).toEqual(plain);
});

test("only pages of the console are opened", () => {
  expect(pageOf("/clips/1?at=2", ORIGIN)).toBe(`${ORIGIN}/clips/1?at=2`);
  for (const url of ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http://["])
    expect(pageOf(url, ORIGIN)).toBe(`${ORIGIN}/alerts`);
});

test("the page of a house that is not reachable speaks the browser's language and runs nothing", () => {
  expect(offlinePage("fr-CH").html).toContain("La maison n’est pas joignable");
  const { html, policy } = offlinePage("de");
  expect(html).toContain("The house is not reachable");
  expect(html).not.toContain("<script");
  expect(policy).toContain("default-src 'none'");
});
