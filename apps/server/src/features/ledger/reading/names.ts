import { isUuid, type Uuid } from "@gatehouse/base";
import type { access, ledger } from "@gatehouse/contract";
import type { NameSource } from "../../../platform/names.ts";
import type { Party } from "../model.ts";

/** Whoever reads the log: an organisation's person, and what they may see of it. */
export interface Reader {
  readonly tenantId: Uuid;
  readonly permissions: access.Access;
}

/** Things that a search by name finds at most. */
const MAX_FOUND = 500;

/** What the parties of entries are called today, as far as a reader may see them. */
export class Names {
  readonly #sources: () => readonly NameSource[];

  constructor(sources: () => readonly NameSource[]) {
    this.#sources = sources;
  }

  /** Each party with its name; one that is gone says so, but only to who would see it if it were not. */
  async resolver(reader: Reader, parties: readonly Party[]): Promise<(party: Party) => ledger.LedgerParty> {
    const known = new Map<
      string,
      { readonly names: ReadonlyMap<string, string>; readonly isWhole: boolean }
    >();
    for (const source of this.#sources()) {
      const asked = new Set(parties.filter(({ kind, id }) => kind === source.kind && isUuid(id)).map(idOf));
      const scope = scopeOf(reader, source);
      if (asked.size === 0 || scope === undefined) continue;
      const named = await source.list(scope, asked);
      const names = new Map([...named].filter(({ id }) => asked.has(id)).map(({ id, name }) => [id, name]));
      known.set(source.kind, { names, isWhole: scope.reach === "all" });
    }
    return ({ kind, id }) => {
      const found = known.get(kind);
      const name = found?.names.get(id) ?? "";
      if (name !== "") return { kind, id, name };
      return found?.isWhole === true && isUuid(id) ? { kind, id, gone: true } : { kind, id };
    };
  }

  /** Ids of what has the text in its name, whatever its case and accents. */
  async search(reader: Reader, text: string): Promise<Uuid[]> {
    const wanted = fold(text);
    const found: Uuid[] = [];
    for (const source of this.#sources()) {
      const scope = scopeOf(reader, source);
      if (scope === undefined) continue;
      for (const { id, name } of await source.list(scope)) {
        if (!fold(name).includes(wanted)) continue;
        if (found.length === MAX_FOUND) return found;
        found.push(id);
      }
    }
    return found;
  }
}

const idOf = ({ id }: Party): string => id;

const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function scopeOf({ tenantId, permissions }: Reader, { permission }: NameSource): access.Scope | undefined {
  const reach = permissions.get(permission);
  return reach === undefined ? undefined : { tenantId, reach };
}
