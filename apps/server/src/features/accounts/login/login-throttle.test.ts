import { virtualClock } from "@gatehouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Attempt, LoginThrottle, networkOf } from "./login-throttle.ts";

const from = (address: string, knownDevice?: string): Attempt => ({
  emailKey: "ada@example.org",
  address,
  knownDevice,
});

function failTimes(throttle: LoginThrottle, attempt: Attempt, times: number): number {
  for (let i = 0; i < times; i++) throttle.fail(attempt);
  return throttle.waitMs(attempt);
}

describe("the wait after failures", () => {
  it("is nothing for typing errors, then doubles up to a quarter of an hour", () => {
    const throttle = new LoginThrottle(virtualClock());
    const attempt = from("192.0.2.1");
    const waits = Array.from({ length: 17 }, () => failTimes(throttle, attempt, 1));
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(900_000);
  });

  it("passes with time, is forgiven by success and forgotten after a quiet hour", () => {
    const clock = virtualClock();
    const throttle = new LoginThrottle(clock);
    const attempt = from("192.0.2.1");
    expect(failTimes(throttle, attempt, 6)).toBe(2_000);
    clock.advance(1_999);
    expect(throttle.waitMs(attempt)).toBe(1);
    clock.advance(1);
    expect(throttle.waitMs(attempt)).toBe(0);
    throttle.succeed(attempt);
    expect(failTimes(throttle, attempt, 4)).toBe(0);
    clock.advance(3_600_001);
    expect(failTimes(throttle, attempt, 4)).toBe(0);
  });

  it("does not move when somebody sets the wall clock", () => {
    const clock = virtualClock();
    const throttle = new LoginThrottle(clock);
    failTimes(throttle, from("192.0.2.1"), 8);
    clock.setWall(0);
    expect(throttle.waitMs(from("192.0.2.1"))).toBe(8_000);
  });

  it("holds for the account and address only", () => {
    const throttle = new LoginThrottle(virtualClock());
    failTimes(throttle, from("192.0.2.1"), 9);
    expect(throttle.waitMs(from("192.0.2.2"))).toBe(0);
    expect(throttle.waitMs({ ...from("192.0.2.1"), emailKey: "bob@example.org" })).toBe(0);
    expect(throttle.waitMs(from("192.0.2.1", "browser"))).toBe(0);
  });

  it("comes over a network that tries many accounts once each, but over no known browser in it", () => {
    const throttle = new LoginThrottle(virtualClock());
    const attempt = (i: number, knownDevice?: string): Attempt => ({
      emailKey: `person${i}@example.org`,
      address: "192.0.2.1",
      knownDevice,
    });
    let tried = 0;
    for (let i = 0; i < 10_000; i++) {
      if (throttle.waitMs(attempt(i)) > 0) continue;
      throttle.fail(attempt(i));
      tried++;
    }
    expect(tried).toBe(101);
    expect(throttle.waitMs(attempt(5, "browser"))).toBe(0);
    expect(throttle.waitMs({ ...attempt(5), address: "192.0.2.2" })).toBe(0);
  });

  it("is no wait for people of one house who all log in at the same moment", () => {
    const throttle = new LoginThrottle(virtualClock());
    const people = Array.from({ length: 66 }, (_, i) => ({
      emailKey: `person${i}@example.org`,
      address: "192.0.2.1",
      knownDevice: undefined,
    }));
    for (let round = 0; round < 20; round++) {
      for (const person of people) {
        expect(throttle.waitMs(person)).toBe(0);
        throttle.fail(person);
      }
      for (const person of people) throttle.succeed(person);
    }
  });

  it("is shared by a whole IPv6 network of one subscriber", () => {
    const throttle = new LoginThrottle(virtualClock());
    for (let i = 0; i < 8; i++) throttle.fail(from(`2001:db8:1:2::${i.toString(16)}`));
    expect(throttle.waitMs(from("2001:db8:1:2:ffff::1"))).toBe(8_000);
    expect(throttle.waitMs(from("2001:db8:1:3::1"))).toBe(0);
  });

  it("never keeps a new address or a known browser out, whatever strangers do", () => {
    const strangers = fc.array(fc.record({ host: fc.nat(200), times: fc.integer({ min: 1, max: 30 }) }));
    fc.assert(
      fc.property(strangers, (attacks) => {
        const throttle = new LoginThrottle(virtualClock());
        for (const { host, times } of attacks) failTimes(throttle, from(`192.0.2.${host}`), times);
        expect(throttle.waitMs(from("198.51.100.1"))).toBe(0);
        expect(throttle.waitMs(from("192.0.2.0", "browser"))).toBe(0);
      }),
    );
  });

  it("comes sooner for every address while many guess at one account", () => {
    const throttle = new LoginThrottle(virtualClock());
    for (let host = 0; host < 41; host++) throttle.fail(from(`192.0.2.${host}`));
    expect(failTimes(throttle, from("198.51.100.1"), 1)).toBe(0);
    expect(failTimes(throttle, from("198.51.100.1"), 1)).toBe(1_000);
  });

  it("needs bounded memory however many names are tried", () => {
    const throttle = new LoginThrottle(virtualClock());
    for (let i = 0; i < 60_000; i++) throttle.fail({ ...from("192.0.2.1"), emailKey: `${i}@example.org` });
    expect(throttle.size).toBe(50_000);
  });
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:0001::6", "2001:db8:1:0"],
  ["local", "local"],
  ["", ""],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
