import { ERRORS } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "./catalogue.ts";

type Tree = { readonly [key: string]: string | Tree };

/** Every text with its dotted key. */
function texts(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[prefix + key, value] as [string, string]]
      : texts(value, `${prefix}${key}.`),
  );
}

/** Names of the ICU arguments in a text, sorted. */
const argumentsOf = (text: string) => [...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]).sort();

/** Addresses and times keep their bare colon. */
const withoutCode = (text: string) => text.replace(/\S+:\/\/\S+|\d:\d/g, "");

const en = await loadCatalogue("en");
const fr = await loadCatalogue("fr");

describe("the two languages", () => {
  it("have exactly the same keys", () => {
    const keys = (tree: Tree) =>
      texts(tree)
        .map(([key]) => key)
        .sort();
    expect(keys({ ...fr })).toEqual(keys({ ...en }));
  });

  it("fill the same arguments", () => {
    const french = new Map(texts({ ...fr }));
    for (const [key, text] of texts({ ...en })) {
      expect(argumentsOf(french.get(key) ?? ""), key).toEqual(argumentsOf(text));
    }
  });

  it("have a text for every error code", () => {
    expect(Object.keys(en.errors).sort()).toEqual(Object.keys(ERRORS).sort());
    expect(Object.keys(fr.errors).sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it("say nothing with an exclamation mark or an Oops", () => {
    for (const [key, text] of [...texts({ ...en }), ...texts({ ...fr })]) {
      expect(text, key).not.toMatch(/!|\boops\b/i);
    }
  });
});

describe("French punctuation", () => {
  const all = texts({ ...fr });

  it("has U+00A0 before a colon", () => {
    for (const [key, text] of all) expect(withoutCode(text), key).not.toMatch(/(?<!\u00a0):/);
  });

  it("has U+202F before ; ! ? and %", () => {
    for (const [key, text] of all) expect(withoutCode(text), key).not.toMatch(/(?<!\u202f)[;!?%]/);
  });

  it("uses the typographic apostrophe", () => {
    for (const [key, text] of all) expect(text, key).not.toMatch(/\p{L}'\p{L}/u);
  });
});
