import { isAppError } from "@gatehouse/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyAddress } from "./address-class.ts";
import { type Lookup, parseOutgoingUrl, resolveOutgoing } from "./resolve.ts";

const answering =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isAppError(error) ? `${error.code} ${String(error.fields.reason)}` : error;
}

describe("an outgoing URL", () => {
  it.each([
    ["not a url", "url.forbidden syntax"],
    ["ftp://example.org/", "url.forbidden scheme"],
    ["file:///etc/passwd", "url.forbidden scheme"],
    ["javascript:alert(1)", "url.forbidden scheme"],
    ["http://user:secret@example.org/", "url.forbidden credentials"],
    ["http://127.0.0.1/", "url.forbidden address_private"],
    ["http://0x7f.1/", "url.forbidden address_private"],
    ["http://2130706433/", "url.forbidden address_private"],
    ["http://①②⑦.0.0.1/", "url.forbidden address_private"],
    ["http://[::1]:8080/", "url.forbidden address_private"],
    ["http://[::ffff:127.0.0.1]/", "url.forbidden address_forbidden"],
    ["http://169.254.169.254/latest/meta-data/", "url.forbidden address_forbidden"],
    ["http://0/", "url.forbidden address_forbidden"],
  ])("%s is refused: %s", async (url, reason) => {
    expect(await reasonOf(resolveOutgoing(url, { allowPrivate: false, lookup: answering() }))).toBe(reason);
  });

  it("may be local where the owner allows it, but never link-local", async () => {
    const allowed = { allowPrivate: true, lookup: answering("10.0.0.5") };
    expect((await resolveOutgoing("http://ha.lan/", allowed)).address).toBe("10.0.0.5");
    expect((await resolveOutgoing("http://[::1]/", allowed)).address).toBe("::1");
    expect(await reasonOf(resolveOutgoing("http://169.254.169.254/", allowed))).toBe(
      "url.forbidden address_forbidden",
    );
  });

  it.each(["http:", "mqtt:", "rtsp:", "ws:", "smtp:"])(
    "of %s reaches nothing beyond the owner's network",
    async (scheme) => {
      const lookup = answering("93.184.216.34");
      const options = { allowPrivate: true, protocols: [scheme], lookup };
      const refused = "url.forbidden unencrypted";
      expect(await reasonOf(resolveOutgoing(`${scheme}//hooks.example/`, options))).toBe(refused);
      expect(await reasonOf(resolveOutgoing(`${scheme}//93.184.216.34/`, options))).toBe(refused);
      const local = { ...options, lookup: answering("93.184.216.34", "192.168.1.9") };
      expect((await resolveOutgoing(`${scheme}//hooks.example/`, local)).address).toBe("192.168.1.9");
    },
  );

  it("of mail reaches a public server with TLS or STARTTLS alone", async () => {
    const options = {
      allowPrivate: false,
      protocols: ["smtp:", "smtps:"],
      lookup: answering("93.184.216.34"),
    };
    for (const url of ["smtps://mail.example:465/tls", "smtp://mail.example:587/starttls"])
      expect((await resolveOutgoing(url, options)).address).toBe("93.184.216.34");
    const none = resolveOutgoing("smtp://mail.example:25/none", options);
    expect(await reasonOf(none)).toBe("url.forbidden unencrypted");
  });

  it("may have another scheme where the caller takes it", () => {
    const options = { allowPrivate: true, protocols: ["mqtt:", "mqtts:"] };
    expect(parseOutgoingUrl("mqtt://ha.lan:1883", options).hostname).toBe("ha.lan");
    expect(() => parseOutgoingUrl("http://ha.lan", options)).toThrow("url.forbidden");
    expect(() => parseOutgoingUrl("mqtt://", options)).toThrow("url.forbidden");
  });

  it("is looked up once, and the first address that may be called is pinned", async () => {
    let calls = 0;
    const lookup: Lookup = async (host) => {
      calls += 1;
      return answering("192.168.0.1", "fe80::1", "93.184.216.34")(host);
    };
    const target = await resolveOutgoing("https://example.org/x", { allowPrivate: false, lookup });
    expect(target).toMatchObject({ address: "93.184.216.34", family: 4 });
    expect(calls).toBe(1);
  });

  it("whose name nobody knows is unreachable", async () => {
    const unknown: Lookup = () => Promise.reject(new Error("ENOTFOUND"));
    const url = "https://nobody.invalid/";
    expect(await reasonOf(resolveOutgoing(url, { allowPrivate: true, lookup: unknown }))).toBe(
      "url.unreachable name",
    );
    expect(await reasonOf(resolveOutgoing(url, { allowPrivate: true, lookup: answering() }))).toBe(
      "url.unreachable name",
    );
  });

  it("never leads to an address that is not public, whatever the name server says", async () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom("127.0.0.1", "::1", "::ffff:10.0.0.1", "169.254.169.254", "0.0.0.0", "fd00::1", "junk"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(address, { maxLength: 5 }), async (addresses) => {
        const options = { allowPrivate: false, lookup: answering(...addresses) };
        const target = await resolveOutgoing("https://example.org/", options).catch(() => undefined);
        const first = addresses.find((each) => classifyAddress(each) === "public");
        expect(target?.address).toBe(first);
      }),
    );
  });

  it("never leads to a local address, however it is written", async () => {
    const hex = fc.integer({ min: 0x7f000000, max: 0x7fffffff }).map((n) => `0x${n.toString(16)}`);
    const octal = fc.integer({ min: 0, max: 255 }).map((n) => `0177.0.0.0${n.toString(8)}`);
    const decimal = fc.integer({ min: 0x0a000000, max: 0x0affffff }).map(String);
    await fc.assert(
      fc.asyncProperty(fc.oneof(hex, octal, decimal), async (host) => {
        const work = resolveOutgoing(`http://${host}/`, {
          allowPrivate: false,
          lookup: answering("1.1.1.1"),
        });
        expect(await reasonOf(work)).toBe("url.forbidden address_private");
      }),
    );
  });
});
