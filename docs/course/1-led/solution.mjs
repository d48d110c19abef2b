// Stage 1: tell the server when the lamp is switched.
//   node docs/course/1-led/solution.mjs mqtt://127.0.0.1:1883 NAME KEY
// NAME and KEY are those of a device of type LED, from the console. Return is the button.
import { createInterface } from "node:readline";
import mqtt from "mqtt";

const [url, name, key] = process.argv.slice(2);
const client = await mqtt.connectAsync(url, { username: name, password: key });
console.log("connected; Return switches the lamp");

let isOn = false;
createInterface({ input: process.stdin }).on("line", async () => {
  isOn = !isOn;
  await client.publishAsync(`led/${name}`, isOn ? "ON" : "OFF", { qos: 1 });
  console.log(isOn ? "ON, stored" : "OFF, stored");
});

process.once("SIGTERM", () => client.end());
