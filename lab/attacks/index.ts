import type { Attack } from "../attack.ts";
import { clone } from "./clone.ts";
import { downgrade } from "./downgrade.ts";
import { eavesdrop } from "./eavesdrop.ts";
import { expiredToken } from "./expired-token.ts";
import { floodAttack } from "./flood.ts";
import { foreignTopic } from "./foreign-topic.ts";
import { forwarding } from "./forwarding.ts";
import { keySubstitution } from "./key-substitution.ts";
import { malformed } from "./malformed.ts";
import { poison } from "./poison.ts";
import { reorder } from "./reorder.ts";
import { replay } from "./replay.ts";
import { retained } from "./retained.ts";
import { rogueGateway } from "./rogue-gateway.ts";
import { stolenToken } from "./stolen-token.ts";
import { wildcard } from "./wildcard.ts";

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
];
