// Stage 4: keys of the device's own, and nothing on the wire that can be read or changed.
//   node docs/course/4-fixes/solution.mjs http://localhost:8080 CLAIM-CODE
// CLAIM-CODE is a fresh claim code of a thermometer, from its page in the console.
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { DeviceChannel, enrol, webSocketCarrier } from "@gatehouse/device-client";
import { CONTENT_TYPES, SUITE_IDS } from "@gatehouse/secure-channel";

const [url, code] = process.argv.slice(2);
const { identity } = await enrol({
  url,
  by: { code },
  suite: SUITE_IDS.M1,
  clock: systemClock,
  random: systemRandom,
});
console.log(`enrolled as ${identity.name}: ${identity.words.join(" ")}`);

// A real device keeps these on its disk (apps/agent does); this one enrols anew at its next start.
const files = new Map();
const store = {
  loadIdentity: async () => files.get("identity"),
  saveIdentity: async (bytes) => void files.set("identity", bytes),
  loadState: async (name) => files.get(name),
  saveState: async (name, bytes) => void files.set(name, bytes),
};
const channel = await DeviceChannel.open({
  identity,
  store,
  carrier: (current) => webSocketCarrier({ url: current.url, trust: {}, clock: systemClock }),
  clock: systemClock,
  random: systemRandom,
  log: silentLogger,
  events: { disconnected: (reason) => console.log(`away: ${reason}`) },
});
channel.start();

let celsius = 20;
const timer = setInterval(async () => {
  celsius += 0.125;
  const payload = Buffer.from(JSON.stringify({ temperature: celsius }));
  const sentMs = systemClock.nowMs();
  try {
    const { result } = await channel.send({ contentType: CONTENT_TYPES.json, payload, sentMs });
    console.log(`${celsius} °C, ${result}`);
  } catch (error) {
    console.log(`${celsius} °C, not sent: ${error.message}`);
  }
}, 1000);

process.once("SIGTERM", async () => {
  clearInterval(timer);
  await channel.stop();
});
