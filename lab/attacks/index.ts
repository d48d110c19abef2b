import type { Attack } from "../attack.ts";
import { alarmFlood } from "./alarm-flood.ts";
import { cameraFlood } from "./camera-flood.ts";
import { clipTampering } from "./clip-tampering.ts";
import { clone } from "./clone.ts";
import { csrf } from "./csrf.ts";
import { downgrade } from "./downgrade.ts";
import { eavesdrop } from "./eavesdrop.ts";
import { escalation } from "./escalation.ts";
import { expiredToken } from "./expired-token.ts";
import { floodAttack } from "./flood.ts";
import { foreignTopic } from "./foreign-topic.ts";
import { forgedCamera } from "./forged-camera.ts";
import { forgedLink } from "./forged-link.ts";
import { forwarding } from "./forwarding.ts";
import { frameReplay } from "./frame-replay.ts";
import { frameSwap } from "./frame-swap.ts";
import { idor } from "./idor.ts";
import { keySubstitution } from "./key-substitution.ts";
import { linkPrefetch } from "./link-prefetch.ts";
import { logDeletion } from "./log-deletion.ts";
import { logRollback } from "./log-rollback.ts";
import { malformed } from "./malformed.ts";
import { otpGuessing } from "./otp-guessing.ts";
import { playback } from "./playback.ts";
import { poison } from "./poison.ts";
import { refreshReuse } from "./refresh-reuse.ts";
import { reorder } from "./reorder.ts";
import { replay } from "./replay.ts";
import { retained } from "./retained.ts";
import { rogueGateway } from "./rogue-gateway.ts";
import { sessionTheft } from "./session-theft.ts";
import { stolenToken } from "./stolen-token.ts";
import { stuffing } from "./stuffing.ts";
import { wildcard } from "./wildcard.ts";
import { wsHijack } from "./ws-hijack.ts";

/** Every attack, in the order in which they are run and shown. */
export const ATTACKS: readonly Attack[] = [
  eavesdrop,
  poison,
  replay,
  reorder,
  keySubstitution,
  downgrade,
  expiredToken,
  stolenToken,
  foreignTopic,
  wildcard,
  retained,
  forwarding,
  rogueGateway,
  clone,
  floodAttack,
  malformed,
  stuffing,
  otpGuessing,
  linkPrefetch,
  sessionTheft,
  refreshReuse,
  csrf,
  wsHijack,
  idor,
  escalation,
  logDeletion,
  logRollback,
  frameReplay,
  frameSwap,
  forgedCamera,
  clipTampering,
  playback,
  cameraFlood,
  alarmFlood,
  forgedLink,
];
