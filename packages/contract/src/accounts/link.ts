import { Type } from "typebox";
import { object, UnixMs } from "../schemas.ts";

/** What stands behind `#` in a mailed link. It is in no server's log and no Referer; the page sends it by POST. */
export const LinkToken = Type.String({ pattern: "^[A-Za-z0-9_-]{20,64}$" });

/** The same for known and unknown addresses. */
export const RequestTaken = object({ expiresMs: UnixMs });
