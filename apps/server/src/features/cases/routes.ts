import type { Uuid } from "@gatehouse/base";
import { type access, cases } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { Asking, CaseService } from "./service.ts";

interface Call {
  readonly scope: access.Scope;
  readonly principal: { readonly personId: Uuid };
  readonly params: { readonly id: Uuid };
}

const asking = ({ principal: { personId }, params, scope }: Call): Asking => ({
  scope,
  personId,
  caseId: params.id,
});

export const caseRoutes = (service: CaseService): readonly Route[] => [
  route(cases.listCases, ({ scope, query }) => service.list(scope, query)),
  route(cases.createCase, ({ scope, principal, body }) => service.create(scope, principal.personId, body)),
  route(cases.getCase, ({ scope, params }) => service.get(scope, params.id)),
  route(cases.updateCase, (call) => service.update(asking(call), call.body)),
  route(cases.addCaseItem, (call) => service.add(asking(call), call.body)),
  route(cases.updateCaseNote, (call) => service.editNote(asking(call), call.params.item, call.body.text)),
  route(cases.listCaseNoteVersions, ({ scope, params }) => service.versions(scope, params.id, params.item)),
  route(cases.removeCaseItem, async (call) => {
    await service.remove(asking(call), call.params.item);
    return {};
  }),
  route(cases.restoreCaseItem, (call) => service.restore(asking(call), call.params.item)),
];
