import type { Duplex } from "node:stream";

/**
 * What is written to a stream within one turn of the event loop leaves together: mqtt-packet corks for one packet
 * at a time, and a system call for each is most of the work of a busy subscriber.
 */
export function gatherWrites(stream: Duplex): void {
  const cork = stream.cork.bind(stream);
  const uncork = stream.uncork.bind(stream);
  let isGathering = false;
  stream.cork = () => {
    cork();
    if (isGathering) return;
    isGathering = true;
    cork();
    setImmediate(() => {
      isGathering = false;
      uncork();
    });
  };
}
