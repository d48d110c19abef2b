import { LIMITS } from "@gatehouse/contract";

/**
 * Control characters and noncharacters, which MQTT 3.1.1 §1.5.3 lets a server refuse, surrogates without a partner,
 * and U+FFFD: the parser writes it for bytes that are not UTF-8.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffd-\uffff]/u;

/** Within the limits of the contract: length, levels, no control characters. Wildcards are not looked at. */
export function isBoundedTopic(topic: string): boolean {
  if (topic.length === 0 || Buffer.byteLength(topic) > LIMITS.topicBytes) return false;
  return topic.split("/").length <= LIMITS.topicLevels && !UNPRINTABLE.test(topic);
}

export const isTopicName = (topic: string): boolean => isBoundedTopic(topic) && !/[+#]/.test(topic);

/** MQTT 3.1.1 §4.7.1: `+` fills a level, `#` fills the last one. */
export function isTopicFilter(filter: string): boolean {
  if (!isBoundedTopic(filter)) return false;
  const levels = filter.split("/");
  return levels.every(
    (level, i) => level === "+" || (level === "#" && i === levels.length - 1) || !/[+#]/.test(level),
  );
}

/** Whether a topic name falls under a filter (§4.7.1; `a/#` takes `a` too, a leading wildcard never takes `$…`). */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && !filter.startsWith("$")) return false;
  return coversFilter(filter, topic);
}

/** Whether everything that `narrow` can match is also matched by `wide`; both are filters. */
export function coversFilter(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  const allowed = wide.split("/");
  const asked = narrow.split("/");
  for (let i = 0; i < allowed.length; i++) {
    const level = allowed[i];
    if (level === "#") return true;
    if (i >= asked.length || asked[i] === "#") return false;
    if (level !== "+" && level !== asked[i]) return false;
  }
  return asked.length === allowed.length;
}
