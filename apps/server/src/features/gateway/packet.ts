import packetConstructor from "aedes-packet";

/** aedes-packet's own types say a function where it is a constructor. */
const Packet = packetConstructor as unknown as new (original: object, broker?: object) => object;

/** aedes' own copy of a message: without the message identifier, with a number of the broker where it has none yet. */
export const copyPacket = <T extends object>(original: T, broker?: object): T =>
  new Packet(original, broker) as T;
