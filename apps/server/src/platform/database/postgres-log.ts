import type { Logger } from "@gatehouse/base";

const LINE = /^(?<backend>[^|]*)\|(?<severity>[A-Z]+):\s+(?<message>.*)$/;

/**
 * Hands one line of the server's log to ours. Errors of clients are left out: the client received them and
 * handles them, and they may quote what people typed.
 */
export function forwardLogLine(line: string, log: Logger): void {
  const { backend, severity, message } = LINE.exec(line)?.groups ?? {};
  if (message === undefined || backend === "client backend") return;
  const fields = { backend, message };
  if (severity === "FATAL" || severity === "PANIC") log.error(fields, "database.server_failure");
  else if (severity === "ERROR" || severity === "WARNING") log.warn(fields, "database.server_warning");
  else log.debug(fields, "database.server_log");
}

export const isReadyLine = (line: string): boolean =>
  line.startsWith("postmaster|") && line.endsWith("database system is ready to accept connections");
