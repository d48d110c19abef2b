import { isAppError } from "@gatehouse/base";
import type { OffsiteContext } from "../context.ts";
import type { TargetRecord } from "../targets/target-store.ts";
import { GatehouseRemote } from "./gatehouse-remote.ts";
import { Pace } from "./pace.ts";
import { type Remote, RemoteFailure } from "./remote.ts";
import { S3Remote } from "./s3/s3-remote.ts";

/** The other side of a target, with its secret. Throws a `RemoteFailure` when that does not open. */
export function openRemote(
  { clock, lookup, secrets }: Pick<OffsiteContext, "clock" | "lookup" | "secrets">,
  { id, sealed, allowPrivate, rateBytes }: TargetRecord,
): Remote {
  const deps = {
    ...{ clock, allowPrivate, pace: new Pace(rateBytes, clock) },
    ...(lookup === undefined ? {} : { lookup }),
  };
  const settings = openSettings(() => secrets.open(id, sealed));
  return settings.kind === "s3" ? new S3Remote(settings, deps) : new GatehouseRemote(settings, deps);
}

function openSettings<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (isAppError(error, "secret.unreadable")) throw new RemoteFailure("secret_unreadable");
    throw error;
  }
}
