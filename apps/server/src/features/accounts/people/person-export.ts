import { Readable } from "node:stream";
import type { Uuid } from "@gatehouse/base";
import type { AccountsContext } from "../context.ts";
import { getPerson } from "./account-store.ts";
import { listPending } from "./change-store.ts";
import { findErasure } from "./erase-store.ts";
import { viewErasure } from "./eraser.ts";
import { type HeldPart, ownParts } from "./held-data-store.ts";
import { openPersonal, type PersonalData } from "./personal-data.ts";

/**
 * Everything that is held about a person, as one JSON document that is written while it is read: profile and details,
 * then a list for each place that holds more. Secrets (hashes, keys, codes) are not about the person and left out.
 */
export class PersonExport {
  readonly #context: AccountsContext;
  readonly #data: PersonalData;

  constructor(context: AccountsContext, data: PersonalData) {
    this.#context = context;
    this.#data = data;
  }

  /** Recorded before the first byte is sent. Fails with account.not_found. */
  async of(tenantId: Uuid, personId: Uuid): Promise<Readable> {
    const { audit, clock, db, holders, organisation } = this.#context;
    const person = await getPerson(db, tenantId, personId);
    const { masked: _, ...details } = openPersonal(await this.#data.cipherOf(tenantId), person, false);
    const pending = await listPending(db, personId, clock.nowMs());
    const head = {
      format: "gatehouse.person/1",
      exportedAt: new Date(clock.nowMs()).toISOString(),
      organisation: organisation(tenantId),
      person: {
        id: person.id,
        name: person.name,
        email: person.email,
        ...details,
        role: person.role,
        state: person.state,
        decisionReason: person.decision_reason,
        language: person.language,
        theme: person.theme,
        singleKeys: person.single_keys,
        createdAt: person.created_at,
        lastLoginAt: person.last_login_at,
      },
      pendingChanges: pending.map(({ kind, expires_at }) => ({ kind, expiresAt: expires_at })),
      erasure: viewErasure(await findErasure(db, personId)) ?? null,
    };
    await audit.record(db, { kind: "person.exported", tenantId, subject: { kind: "person", id: personId } });
    const parts: HeldPart[] = [
      ...ownParts(db, personId),
      ...holders().map(({ name, read }) => ({ name, rows: read({ tenantId, personId }) })),
    ];
    return Readable.from(documentOf(head, parts));
  }
}

async function* documentOf(head: object, parts: readonly HeldPart[]): AsyncGenerator<string> {
  yield `${JSON.stringify(head, null, 2).slice(0, -2)}`;
  for (const { name, rows } of parts) {
    yield `,\n  ${JSON.stringify(name)}: [`;
    let separator = "\n    ";
    for await (const row of rows) {
      yield separator + JSON.stringify(row);
      separator = ",\n    ";
    }
    yield "\n  ]";
  }
  yield "\n}\n";
}
