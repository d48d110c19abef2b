import { expect, test } from "vitest";
import { HttpLogin } from "./http-auth.ts";

const login = { user: "Mufasa", password: "Circle of Life" };
/** The client's nonce of the examples, as far as it is our choice: its hexadecimal form. */
const zeros = (count: number): Uint8Array => new Uint8Array(count);

const answerTo = (
  challenges: readonly string[],
  method = "GET",
  uri = "/dir/index.html",
): string | undefined => {
  const asked = new HttpLogin(login, zeros);
  return asked.take(challenges) ? asked.authorization(method, uri) : undefined;
};

test("answers Digest without quality of protection as RFC 2069 has it", () => {
  const known = new HttpLogin({ user: "Mufasa", password: "CircleOfLife" }, zeros);
  // RFC 2069 §2.4, with the response as its erratum 749 corrects it.
  known.take([
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  ]);
  expect(known.authorization("GET", "/dir/index.html")).toContain(
    'response="1949323746fe6a43ef61f9606e7febea"',
  );
});

test("prefers SHA-256 to MD5, and both to Basic, in whatever order they are offered", () => {
  const md5 = 'Digest realm="r", nonce="n", qop="auth"';
  const sha = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';
  const basic = 'Basic realm="r"';
  for (const offered of [[basic, md5, sha], [`${sha}, ${md5}, ${basic}`], [md5, sha]])
    expect(answerTo(offered)).toContain("algorithm=SHA-256");
  expect(answerTo([basic, md5])).toMatch(/^Digest username="Mufasa".*qop=auth, nc=00000001, cnonce="0{32}"$/);
  expect(answerTo([basic])).toBe(`Basic ${Buffer.from("Mufasa:Circle of Life").toString("base64")}`);
});

test("counts its answers to one nonce, and begins anew with another", () => {
  const asked = new HttpLogin(login, zeros);
  asked.take(['Digest realm="r", nonce="n", qop="auth"']);
  expect(asked.authorization("GET", "/")).toContain("nc=00000001");
  expect(asked.authorization("GET", "/")).toContain("nc=00000002");
  asked.take(['Digest realm="r", nonce="m", qop="auth"']);
  expect(asked.authorization("GET", "/")).toContain('nonce="m"');
  expect(asked.authorization("GET", "/")).toContain("nc=00000002");
});

test("answers nothing that it does not know", () => {
  for (const challenge of [
    "",
    "Negotiate",
    'Digest nonce="n"',
    'Digest realm="r", nonce="n", qop="auth-int"',
  ])
    expect(answerTo([challenge])).toBeUndefined();
  expect(answerTo(['Digest realm="r", nonce="n", algorithm=SHA-512-256'])).toBeUndefined();
});

test("a quote in a name or realm stays inside its quotes", () => {
  const asked = new HttpLogin({ user: 'a"b', password: "c" }, zeros);
  asked.take(['Digest realm="say \\"hi\\"", nonce="n"']);
  expect(asked.authorization("GET", "/")).toContain('username="a\\"b", realm="say \\"hi\\""');
});
