import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 500;
const TRIES = 240;

/** What a server answers in the end: where others use the machine it is no fault to be busy for a moment. */
export async function askAgain<T>(
  ask: () => Promise<T>,
  isBusy: (answer: T) => boolean | Promise<boolean>,
): Promise<T> {
  let answer = await ask();
  for (let tries = 0; tries < TRIES && (await isBusy(answer)); tries++) {
    await sleep(EVERY_MS);
    answer = await ask();
  }
  return answer;
}

export const saysBusy = (status: number | undefined, code: string | undefined): boolean =>
  status === 503 && code === "server.busy";

/** `fetch`, for a server that may be busy. */
export const fetchAgain = (url: string, init?: RequestInit): Promise<Response> =>
  askAgain(
    () => fetch(url, init),
    async (reply) =>
      reply.status === 503 && saysBusy(503, ((await reply.clone().json()) as { code?: string }).code),
  );
