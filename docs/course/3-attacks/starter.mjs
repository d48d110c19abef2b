// Stage 3: find out what somebody on the wire can read, and what somebody without the key can write.
//   node docs/course/3-attacks/starter.mjs listen 1884 1883      then point stage 2 at port 1884
//   node docs/course/3-attacks/starter.mjs lie mqtt://127.0.0.1:1883 NAME
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

/** Privacy: what do these bytes say? (Wireshark shows the same.) */
function look(bytes) {
  console.log(`${bytes.length} bytes`);
  // Your part: print the temperature and whatever else an attacker would like to have.
}

/** Poisoning: log in as NAME without its key and publish a temperature. */
async function lie(url, name) {
  // Your part. What does the broker answer, and where in the console do you see that you tried?
  console.log(typeof mqtt.connectAsync, url, name);
}

const [what, first, second] = process.argv.slice(2);
if (what === "listen") listen(Number(first), Number(second), look);
else await lie(first, second);
