import { accounts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import type { ChangeApplier } from "./change-applier.ts";
import type { Eraser } from "./eraser.ts";
import type { ImportService } from "./import-service.ts";
import type { OwnDataService } from "./own-data-service.ts";
import type { PeopleService } from "./people-service.ts";
import type { PersonExport } from "./person-export.ts";

export interface PeopleServices {
  readonly people: PeopleService;
  readonly own: OwnDataService;
  readonly applier: ChangeApplier;
  readonly eraser: Eraser;
  readonly exports: PersonExport;
  readonly imports: ImportService;
}

export function peopleRoutes({ people, own, applier, eraser, exports, imports }: PeopleServices): Route[] {
  /** What a change answers: the person as it is then. */
  const then = async (act: Promise<void>, principal: PersonPrincipal, id: string) => {
    await act;
    return people.get(principal, id);
  };
  const thenOwn = async (act: Promise<void>, principal: PersonPrincipal) => {
    await act;
    return own.view(principal);
  };
  return [
    route(accounts.listPeople, ({ principal, query }) => people.list(principal.tenantId, query)),
    route(accounts.findPeople, ({ principal, body }) => people.find(principal.tenantId, body.number.trim())),
    route(accounts.getPerson, ({ principal, params }) => people.get(principal, params.id)),
    route(accounts.approvePerson, ({ principal, params: { id } }) =>
      then(people.approve(principal, id), principal, id),
    ),
    route(accounts.rejectPerson, ({ principal, params: { id }, body }) =>
      then(people.reject(principal, id, body.reason), principal, id),
    ),
    route(accounts.disablePerson, ({ principal, params: { id }, body }) =>
      then(people.disable(principal, id, body.reason), principal, id),
    ),
    route(accounts.enablePerson, ({ principal, params: { id } }) =>
      then(people.enable(principal, id), principal, id),
    ),
    route(accounts.erasePerson, ({ principal, params: { id } }) =>
      then(eraser.eraseNow(principal, id), principal, id),
    ),
    route(accounts.exportPerson, ({ principal, params, reply }) => {
      reply.header("content-disposition", `attachment; filename="person-${params.id}.json"`);
      return exports.of(principal.tenantId, params.id);
    }),
    route(accounts.checkImport, ({ principal, body }) => imports.plan(principal, body.people)),
    route(accounts.importPeople, ({ principal, body }) => imports.run(principal, body.people)),

    route(accounts.getOwnDetails, ({ principal }) => own.view(principal)),
    route(accounts.updateOwnDetails, ({ principal, body }) =>
      thenOwn(own.changeAddress(principal, body.address), principal),
    ),
    route(accounts.changeEmail, ({ principal, body }) =>
      thenOwn(own.requestEmail(principal, body.email), principal),
    ),
    route(accounts.confirmEmail, ({ principal, body }) =>
      thenOwn(own.confirm(principal, "email", body), principal),
    ),
    route(accounts.changePhone, ({ principal, body }) =>
      thenOwn(own.requestPhone(principal, body.phone), principal),
    ),
    route(accounts.confirmPhone, ({ principal, body }) =>
      thenOwn(own.confirm(principal, "phone", body), principal),
    ),
    route(accounts.withdrawChange, ({ principal }) => thenOwn(own.withdraw(principal), principal)),
    route(accounts.revertChange, async ({ body }) => ({ what: await applier.revert(body.token) })),
    route(accounts.exportMe, ({ principal, reply }) => {
      reply.header("content-disposition", 'attachment; filename="my-data.json"');
      return exports.of(principal.tenantId, principal.personId);
    }),
    route(accounts.requestErasure, ({ principal }) => eraser.request(principal)),
    route(accounts.withdrawErasure, async ({ principal }) => {
      await eraser.withdraw(principal);
      return {};
    }),
  ];
}
