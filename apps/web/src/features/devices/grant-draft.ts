import { type devices, findGrantProblem, type GrantProblem } from "@gatehouse/contract";

export type DraftProblem = GrantProblem | "repeated" | "nothing_allowed";

/** Why a grant cannot be saved beside the others; undefined when it can. */
export function findDraftProblem(
  draft: devices.TopicGrant,
  others: readonly devices.TopicGrant[],
): DraftProblem | undefined {
  const problem = findGrantProblem(draft.pattern);
  if (problem !== undefined) return problem;
  if (others.some(({ pattern }) => pattern === draft.pattern)) return "repeated";
  return draft.publish || draft.subscribe ? undefined : "nothing_allowed";
}

export const without = (
  granted: readonly devices.TopicGrant[],
  gone: devices.TopicGrant | undefined,
): devices.TopicGrant[] => granted.filter(({ pattern }) => pattern !== gone?.pattern);
