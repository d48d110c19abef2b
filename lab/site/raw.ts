import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";

// MQTT 3.1.1 by hand: what a well-behaved client would never send must be sendable.

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

/** §2.2.3, one to four bytes. */
export function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

const packet = (firstByte: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([firstByte]), remainingLength(body.length), body]);

export const connectPacket = (login: {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}): Buffer =>
  packet(
    0x10,
    Buffer.concat([
      text("MQTT"),
      Buffer.from([4, 0xc2, 0, 60]),
      text(login.clientId),
      text(login.username),
      text(login.password),
    ]),
  );

export const publishPacket = (topic: string, payload: Buffer | string, messageId?: number): Buffer =>
  packet(
    messageId === undefined ? 0x30 : 0x32,
    Buffer.concat([
      text(topic),
      messageId === undefined ? Buffer.alloc(0) : Buffer.from([messageId >> 8, messageId & 255]),
      Buffer.from(payload),
    ]),
  );

export const subscribePacket = (filter: string): Buffer =>
  packet(0x82, Buffer.concat([Buffer.from([0, 2]), text(filter), Buffer.from([1])]));

/** Connected; an error later only closes it. */
export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, "127.0.0.1");
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}

/** Logged in: before the CONNACK a broker takes no more than a few packets. */
export async function logIn(
  port: number,
  { name, apiKey }: { readonly name: string; readonly apiKey: string },
  clientId = name,
): Promise<Socket> {
  const socket = await openSocket(port);
  const answered = Promise.race([once(socket, "data"), once(socket, "close")]);
  socket.write(connectPacket({ clientId, username: name, password: apiKey }));
  await answered;
  socket.resume();
  return socket;
}

/** Resolves when the socket took the bytes, false when it is closed. */
export function write(socket: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve(false);
    else socket.write(bytes, (error) => resolve(!error));
  });
}
