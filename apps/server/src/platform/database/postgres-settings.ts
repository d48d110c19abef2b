import { SOCKET_PORT } from "./socket-folder.ts";

export type PostgresSettings = Readonly<Record<string, string>>;

/** The embedded server's settings; each is given on the command line, so postgresql.conf cannot undo them. */
const DEFAULTS: PostgresSettings = {
  // The socket is the only door; nothing travels a network.
  listen_addresses: "",
  port: String(SOCKET_PORT),
  unix_socket_permissions: "0700",
  ssl: "off",
  // A commit is on the disk before it is answered.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  // One household's machine, not a server room.
  shared_buffers: "32MB",
  max_wal_size: "128MB",
  min_wal_size: "32MB",
  max_connections: "60",
  io_method: "sync",
  jit: "off",
  update_process_title: "off",
  timezone: "UTC",
  // What people store must not reach the log: no statements, and no rows in details. `%b` is the kind of
  // process that speaks (see postgres-log.ts).
  log_destination: "stderr",
  logging_collector: "off",
  log_line_prefix: "%b|",
  log_timezone: "UTC",
  log_checkpoints: "off",
  log_statement: "none",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  lc_messages: "C",
};

/** Command-line arguments of the postmaster. */
export function postgresArguments(dataDir: string, socketDir: string, settings: PostgresSettings): string[] {
  // A list of quoted names, so that commas and quotes in the path stay part of it.
  const unix_socket_directories = `"${socketDir.replaceAll('"', '""')}"`;
  const all = { ...DEFAULTS, unix_socket_directories, ...settings };
  return ["-D", dataDir, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}
