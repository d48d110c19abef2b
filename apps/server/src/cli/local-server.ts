import { AppError, ERRORS, type ErrorCode } from "@gatehouse/base";
import { composeApp } from "../compose/app.ts";
import type { Config } from "../platform/config/schema.ts";
import { callLocalSocket } from "../platform/http/local-socket.ts";
import { createLogger } from "../platform/logging/log.ts";
import { passphraseSource } from "./secret-input.ts";

/** One call of the contract as the owner; refusals come back as AppError. */
export type LocalCall = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export async function isRunning(config: Config): Promise<boolean> {
  return (await callLocalSocket(config.dataDir, "GET", "/healthz").catch(() => undefined))?.status === 200;
}

/**
 * Gives `use` a way to call the server of this data folder: the running one, or one composed for this purpose
 * without network listeners and stopped afterwards.
 */
export async function withLocalServer<T>(config: Config, use: (call: LocalCall) => Promise<T>): Promise<T> {
  if (await isRunning(config)) return use((method, path, body) => callOnce(config, method, path, body));
  const app = await composeApp({
    config,
    log: createLogger("error"),
    network: false,
    demo: false,
    passphrase: passphraseSource(config),
  });
  try {
    return await use((method, path, body) => callOnce(config, method, path, body));
  } finally {
    await app.stop();
  }
}

async function callOnce<T>(config: Config, method: string, path: string, body: unknown): Promise<T> {
  const reply = await callLocalSocket(config.dataDir, method, path, body);
  if (reply === undefined) throw new AppError("server.stopping");
  if (reply.status >= 400) throw fromProblem(reply.body);
  return reply.body as T;
}

function fromProblem(body: unknown): AppError {
  const {
    code,
    type: _type,
    title: _title,
    status: _status,
    ...fields
  } = (body ?? {}) as Record<string, unknown>;
  const known =
    typeof code === "string" && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : "server.internal";
  return new AppError(known, fields);
}
