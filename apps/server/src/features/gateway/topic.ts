import { findFilterProblem, findTopicProblem } from "@gatehouse/contract";

/** Without wildcards, and within the limits of the contract. */
export const isTopicName = (topic: string): boolean =>
  findTopicProblem(topic) === undefined && !/[+#]/.test(topic);

export const isTopicFilter = (filter: string): boolean => findFilterProblem(filter) === undefined;

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
