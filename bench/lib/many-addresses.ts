import { type AddressInfo, connect, createServer } from "node:net";

/**
 * A way to a server of this machine on which every connection comes from another address of 127.0.0.0/8, as those of
 * many sites do: the server limits what one address may do.
 */
export async function openManyAddresses(
  serverUrl: string,
  second: number,
): Promise<{ readonly url: string; close(): void }> {
  const port = Number(new URL(serverUrl).port);
  let count = 0;
  const way = createServer((from) => {
    const number = ++count % 60_000;
    const localAddress = `127.${second}.${(number >> 8) + 1}.${number & 255 || 1}`;
    const to = connect({ host: "127.0.0.1", port, localAddress });
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${(way.address() as AddressInfo).port}`, close: () => way.close() };
}
