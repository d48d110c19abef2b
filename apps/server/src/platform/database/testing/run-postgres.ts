/** A program for the supervisor's tests: runs PostgreSQL on the folder given, says its pid, stops on SIGTERM. */
import { systemClock } from "@gatehouse/base";
import { recordingLogger } from "@gatehouse/testkit";
import { startPostgres } from "../postgres-supervisor.ts";

const log = recordingLogger();
const postgres = await startPostgres({ dataDir: process.argv[2] as string, log, clock: systemClock });
process.once("SIGTERM", () => void postgres.stop());
const fields = log.lines.find((line) => line.event === "database.started")?.fields;
console.log(JSON.stringify({ pid: postgres.pid, connection: postgres.connection, ...fields }));
