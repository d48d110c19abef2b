import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyAddress } from "./address-class.ts";

const octet = fc.integer({ min: 0, max: 255 });

describe("the class of an address", () => {
  it.each([
    ["1.1.1.1", "public"],
    ["2606:4700:4700::1111", "public"],
    ["127.0.0.1", "local"],
    ["127.255.255.254", "local"],
    ["10.1.2.3", "local"],
    ["172.16.0.1", "local"],
    ["172.31.255.255", "local"],
    ["192.168.1.10", "local"],
    ["100.64.0.1", "local"],
    ["::1", "local"],
    ["fd12:3456::1", "local"],
    ["0.0.0.0", "forbidden"],
    ["0.1.2.3", "forbidden"],
    ["169.254.169.254", "forbidden"],
    ["169.254.0.1", "forbidden"],
    ["100.100.100.200", "forbidden"],
    ["168.63.129.16", "forbidden"],
    ["fd00:ec2::254", "forbidden"],
    ["FD00:0EC2::0254", "forbidden"],
    ["224.0.0.1", "forbidden"],
    ["239.255.255.250", "forbidden"],
    ["240.0.0.1", "forbidden"],
    ["255.255.255.255", "forbidden"],
    ["192.0.2.1", "forbidden"],
    ["198.18.0.1", "forbidden"],
    ["::", "forbidden"],
    ["fe80::1", "forbidden"],
    ["fe80::1%eth0", "forbidden"],
    ["fec0::1", "forbidden"],
    ["ff02::1", "forbidden"],
    ["::ffff:127.0.0.1", "forbidden"],
    ["::ffff:1.1.1.1", "forbidden"],
    ["::ffff:7f00:1", "forbidden"],
    ["::127.0.0.1", "forbidden"],
    ["64:ff9b::7f00:1", "forbidden"],
    ["2002:7f00:1::", "forbidden"],
    ["2001:0:7f00:1::", "forbidden"],
    ["2001:db8::1", "forbidden"],
    ["4000::1", "forbidden"],
    ["0177.0.0.1", "forbidden"],
    ["0x7f.1", "forbidden"],
    ["2130706433", "forbidden"],
    ["example.org", "forbidden"],
    ["", "forbidden"],
  ])("of %s is %s", (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });

  it("is never public for an IPv4 address below 127/8, 10/8, 192.168/16 or 169.254/16", () => {
    const prefix = fc.constantFrom([127], [10], [192, 168], [169, 254], [0], [224], [255]);
    fc.assert(
      fc.property(prefix, octet, octet, octet, (head, a, b, c) => {
        expect(classifyAddress([...head, a, b, c].slice(0, 4).join("."))).not.toBe("public");
      }),
    );
  });

  it("is never other than forbidden for an IPv4 address in IPv6 clothes", () => {
    const wrap = fc.constantFrom("::ffff:", "::", "64:ff9b::", "::ffff:0:");
    fc.assert(
      fc.property(wrap, fc.ipV4(), (prefix, v4) => {
        if (prefix === "::" && v4.startsWith("0.0.")) return; // ::1 and its neighbours are addresses of IPv6
        expect(classifyAddress(prefix + v4)).toBe("forbidden");
      }),
    );
  });

  it("answers something for any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4Extended()), (text) => {
        expect(["public", "local", "forbidden"]).toContain(classifyAddress(text));
      }),
    );
  });
});
