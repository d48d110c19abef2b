// The peer's second half: mqtt.js subscriber at QoS 1 that writes readings to SQLite, a commit per 1,000 or 100 ms.
// Arguments: port user password file. Prints `ready`, and at SIGTERM `stored N` messages.
import { DatabaseSync } from "node:sqlite";
import mqtt from "mqtt";

const [port, username, password, file] = process.argv.slice(2) as [string, string, string, string];
const database = new DatabaseSync(file);
database.exec(
  "pragma journal_mode = wal; pragma synchronous = normal; create table readings (topic text, metric text, ts integer, value real, primary key (topic, metric, ts)) without rowid",
);
const insert = database.prepare("insert or ignore into readings values (?, ?, ?, ?)");
let waiting: { topic: string; payload: Buffer }[] = [];
let stored = 0;

function flush(): void {
  const batch = waiting;
  waiting = [];
  if (batch.length === 0) return;
  database.exec("begin");
  for (const { topic, payload } of batch) {
    const { ts, values } = JSON.parse(payload.toString()) as { ts: number; values: Record<string, number> };
    for (const [metric, value] of Object.entries(values)) insert.run(topic, metric, ts, value);
  }
  database.exec("commit");
  stored += batch.length;
}

const client = mqtt.connect({
  host: "127.0.0.1",
  port: Number(port),
  username,
  password,
  clientId: "sqlite",
  protocolVersion: 4,
});
client.on("message", (topic, payload) => {
  waiting.push({ topic, payload });
  if (waiting.length >= 1_000) flush();
});
client.on("connect", () => client.subscribe("#", { qos: 1 }, () => console.log("ready")));
setInterval(flush, 100);
process.on("SIGTERM", () => {
  flush();
  console.log(`stored ${stored}`);
  process.exit(0);
});
