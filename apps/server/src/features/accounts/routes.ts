import { accounts } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { productVersion } from "../../platform/http/server.ts";
import type { AccountsContext } from "./context.ts";
import type { KnownBrowsers } from "./login/known-browsers.ts";
import { getPerson, updatePerson } from "./people/account-store.ts";
import type { Languages } from "./people/languages.ts";
import { viewMe } from "./sessions/me.ts";
import type { SetupService } from "./setup/setup-service.ts";
import { originOf } from "./visitor.ts";

export interface AccountServices {
  readonly setup: SetupService;
  readonly known: KnownBrowsers;
  readonly languages: Languages;
}

/** The first owner, and oneself. */
export function accountRoutes(
  context: AccountsContext,
  { setup, known, languages }: AccountServices,
): Route[] {
  const { audit, db, jar } = context;
  return [
    route(accounts.getSetup, async () => ({ needed: await setup.isNeeded(), version: productVersion() })),
    route(accounts.completeSetup, async ({ body, request, reply }) => {
      const { person, ...tokens } = await setup.complete(body, originOf(request));
      await languages.load();
      jar.setSession(reply, { ...tokens, known: known.cookie(body.email) });
      return viewMe(context, await getPerson(db, person.tenantId, person.personId), tokens);
    }),
    route(accounts.getMe, async ({ principal }) =>
      viewMe(context, await getPerson(db, principal.tenantId, principal.personId), principal),
    ),
    route(accounts.updateMe, async ({ principal, body: { singleKeys, ...change } }) => {
      const { tenantId, personId } = principal;
      await db.transaction().execute(async (tx) => {
        await updatePerson(tx, tenantId, personId, { ...change, single_keys: singleKeys });
        await audit.record(tx, {
          kind: "person.changed",
          tenantId,
          subject: { kind: "person", id: personId },
          data: { changed: Object.keys({ singleKeys, ...change }).sort() },
          ...(change.name === undefined ? {} : { personal: { name: change.name } }),
        });
      });
      if (change.language !== undefined) await languages.load();
      return viewMe(context, await getPerson(db, tenantId, personId), principal);
    }),
  ];
}
