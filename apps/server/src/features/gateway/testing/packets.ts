import { once } from "node:events";
import type { Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";

/** Bytes of a well-formed packet. */
export const bytesOf = (packet: object): Buffer => mqttPacket.generate(packet as Packet);

export const connectPacket = (username: string, password: string, more: object = {}): Buffer =>
  bytesOf({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    clientId: "raw",
    keepalive: 60,
    username,
    password: Buffer.from(password),
    ...more,
  });

/** What the broker sends, packet by packet; `closed` resolves when it ends the connection. */
export function listenTo(socket: Socket) {
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  const packets: Packet[] = [];
  parser.on("packet", (packet) => packets.push(packet));
  parser.on("error", () => {});
  socket.on("data", (chunk) => parser.parse(chunk));
  return { packets, closed: once(socket, "close") };
}
