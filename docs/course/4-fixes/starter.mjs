// Stage 4: keys of the device's own, and nothing on the wire that can be read or changed.
//   node docs/course/4-fixes/starter.mjs http://localhost:8080 CLAIM-CODE
// CLAIM-CODE is a fresh claim code of a thermometer, from its page in the console.
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { DeviceChannel, enrol, webSocketCarrier } from "@gatehouse/device-client";
import { CONTENT_TYPES, SUITE_IDS } from "@gatehouse/secure-channel";

const [url, code] = process.argv.slice(2);

// Your part, first half: enrol. The device makes its keys itself; compare the four words with those in the console.
//   const { identity } = await enrol({ url, by: { code }, suite: SUITE_IDS.M1, clock: systemClock, random: systemRandom });

// Second half: open the channel with DeviceChannel.open, and once a second send
//   { contentType: CONTENT_TYPES.json, payload: bytes of {"temperature": 20.5}, sentMs: now }
console.log(
  [typeof enrol, typeof DeviceChannel.open, typeof webSocketCarrier, SUITE_IDS.M1, CONTENT_TYPES.json],
  [typeof silentLogger.info, systemClock.nowMs(), systemRandom.bytes(1).length, url, code?.length],
);
