import { expect, test } from "vitest";
import { openApiKey, sealApiKey } from "./api-key.ts";

const claimKey = new Uint8Array(32).fill(1);
const transcript = new Uint8Array(200).fill(2);

test("an API key is read by who has the claim and asked, and by nobody else", () => {
  const sealed = sealApiKey(claimKey, transcript, "gh_abc_0123456789");
  expect(Buffer.from(sealed).toString("latin1")).not.toContain("gh_");
  expect(openApiKey(claimKey, transcript, sealed)).toBe("gh_abc_0123456789");
  expect(openApiKey(new Uint8Array(32).fill(3), transcript, sealed)).toBeUndefined();
  expect(openApiKey(claimKey, transcript.with(0, 9), sealed)).toBeUndefined();
  for (let i = 0; i < sealed.length; i++) {
    const altered = sealed.with(i, (sealed[i] as number) ^ 1);
    expect(openApiKey(claimKey, transcript, altered)).toBeUndefined();
  }
});
