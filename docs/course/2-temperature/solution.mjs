// Stage 2: send the temperature every second.
//   node docs/course/2-temperature/solution.mjs mqtt://127.0.0.1:1883 NAME KEY
// NAME and KEY are those of a device of type thermometer.
import { readFile } from "node:fs/promises";
import mqtt from "mqtt";

const [url, name, key] = process.argv.slice(2);
const client = await mqtt.connectAsync(url, { username: name, password: key });
console.log("connected");

/** °C of this machine's processor; 20 where it does not tell. */
async function readTemperature() {
  const text = await readFile("/sys/class/thermal/thermal_zone0/temp", "utf8").catch(() => "20000");
  return Number(text) / 1000;
}

// With QoS 1 the client keeps what is not acknowledged and sends it again after a reconnect.
const timer = setInterval(async () => {
  const celsius = await readTemperature();
  await client.publishAsync(`temperature/${name}`, String(celsius), { qos: 1 });
  console.log(`${celsius} °C, stored`);
}, 1000);

process.once("SIGTERM", () => {
  clearInterval(timer);
  client.end();
});
