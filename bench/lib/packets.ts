/** What a client says in CONNECT (MQTT 3.1.1 §3.1). */
export interface ConnectWords {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}

export function utf8(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

/** Fixed header and body; `head` is the packet's first byte. */
export function packet(head: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([head, ...length]), body]);
}

/** Clean session, user name and password. */
export const connectBody = (words: ConnectWords, keepaliveSeconds: number): Buffer =>
  Buffer.concat([
    utf8("MQTT"),
    Buffer.from([4, 0xc2, keepaliveSeconds >> 8, keepaliveSeconds & 255]),
    utf8(words.clientId),
    utf8(words.username),
    utf8(words.password),
  ]);
