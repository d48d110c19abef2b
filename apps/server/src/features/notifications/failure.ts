import type { alerts } from "@gatehouse/contract";

type Failure = alerts.Failure;

/** The two columns of a failure as one value; undefined when there is none. */
export function storedFailure(code: alerts.FailureCode | null, detail: string | null): Failure | undefined {
  if (code === null && detail === null) return undefined;
  return { ...(code === null ? {} : { code }), ...(detail === null ? {} : { detail }) };
}
