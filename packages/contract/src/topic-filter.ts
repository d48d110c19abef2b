import { LIMITS, RESERVED_TOPIC_ROOTS } from "./topics.ts";

/** Why a text is no topic filter: too long and too deep by LIMITS, `wildcard` by MQTT 3.1.1 §4.7.1. */
export type FilterProblem = "empty" | "too_long" | "too_deep" | "characters" | "wildcard";

/** Why a filter cannot be granted; `system` is `$…`, `reserved` the space of devices' own topics. */
export type GrantProblem = FilterProblem | "system" | "reserved" | "wildcard_first";

/**
 * Control characters and noncharacters, which MQTT 3.1.1 §1.5.3 lets a server refuse, surrogates without a partner,
 * and U+FFFD: a parser writes it for bytes that are not UTF-8.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffd-\uffff]/u;

const utf8 = new TextEncoder();

/** Length, levels, characters. Wildcards are not looked at. */
export function findTopicProblem(topic: string): Exclude<FilterProblem, "wildcard"> | undefined {
  if (topic === "") return "empty";
  if (topic.length > LIMITS.topicBytes || utf8.encode(topic).length > LIMITS.topicBytes) return "too_long";
  if (topic.split("/").length > LIMITS.topicLevels) return "too_deep";
  return UNPRINTABLE.test(topic) ? "characters" : undefined;
}

/** `+` fills a level, `#` fills the last one. */
export function findFilterProblem(filter: string): FilterProblem | undefined {
  const problem = findTopicProblem(filter);
  if (problem !== undefined) return problem;
  const levels = filter.split("/");
  const isRight = levels.every(
    (level, i) => level === "+" || (level === "#" && i === levels.length - 1) || !/[+#]/.test(level),
  );
  return isRight ? undefined : "wildcard";
}

/** A grant begins with a name of its own, so that it can never reach into a space where topics belong to devices. */
export function findGrantProblem(pattern: string): GrantProblem | undefined {
  const problem = findFilterProblem(pattern);
  if (problem !== undefined) return problem;
  const [root] = pattern.split("/") as [string];
  if (root.startsWith("$")) return "system";
  if (root === "+" || root === "#") return "wildcard_first";
  return RESERVED_TOPIC_ROOTS.includes(root) ? "reserved" : undefined;
}
