import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { limitConnections } from "./connection-places.ts";

class Connection extends EventEmitter {
  readonly remoteAddress: string;
  readonly remotePort: number;
  isOpen = true;

  constructor(address: string, port: number) {
    super();
    this.remoteAddress = address;
    this.remotePort = port;
  }

  destroy(): void {
    this.isOpen = false;
    this.emit("close");
  }
}

function door(trustedProxies: readonly string[] = []) {
  const server = createServer();
  let port = 0;
  const heard = { refused: 0 };
  limitConnections(server, { maxConnections: 2, trustedProxies, onRefused: () => void heard.refused++ });
  return {
    server,
    heard,
    come(address: string): Connection {
      const connection = new Connection(address, ++port);
      server.emit("connection", connection as never);
      return connection;
    },
  };
}

test("a network has so many connections, one more is closed and counted, and a place that is left is free", () => {
  const { come, heard } = door();
  const [first, second] = [come("192.0.2.1"), come("192.0.2.1")];
  expect([first.isOpen, second.isOpen, come("192.0.2.1").isOpen, heard.refused]).toEqual([
    true,
    true,
    false,
    1,
  ]);
  expect(come("192.0.2.2").isOpen).toBe(true);
  first.destroy();
  first.emit("close");
  expect([come("192.0.2.1").isOpen, come("192.0.2.1").isOpen, heard.refused]).toEqual([true, false, 2]);
});

test("an IPv6 subscriber is one network, and an IPv4 address the same in IPv6 clothes", () => {
  const { come } = door();
  expect(["0::1", "0::2", "ffff::3"].map((end) => come(`2001:db8:1:2:${end}`).isOpen)).toEqual([
    true,
    true,
    false,
  ]);
  expect(["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"].map((address) => come(address).isOpen)).toEqual([
    true,
    true,
    false,
  ]);
});

test("loopback and trusted proxies are not counted", () => {
  const { come, heard } = door(["10.0.0.0/8", "fd00::1"]);
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.9.8.7", "::ffff:10.9.8.7", "fd00::1"])
    for (let i = 0; i < 5; i++) expect([address, come(address).isOpen]).toEqual([address, true]);
  expect(heard.refused).toBe(0);
});

test("what becomes a WebSocket gives its place back, once", () => {
  const { server, come } = door();
  const upgraded = come("192.0.2.1");
  server.emit("upgrade", {} as never, upgraded as never, Buffer.alloc(0));
  expect([1, 2, 3].map(() => come("192.0.2.1").isOpen)).toEqual([true, true, false]);
  upgraded.destroy();
  expect(come("192.0.2.1").isOpen).toBe(false);
});
