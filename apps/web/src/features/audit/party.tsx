import type { ledger } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

type Party = ledger.LedgerParty;

const ACTORS = ["person", "program", "device", "machine", "system", "anonymous"] as const;
const isActor = (kind: string): kind is (typeof ACTORS)[number] =>
  (ACTORS as readonly string[]).includes(kind);

/** Who did it: the name of today, else what kind of somebody. */
export function useActorName(): (party: Party) => string {
  const t = useTranslations("audit.actor");
  return ({ kind, name }) => name ?? (isActor(kind) ? t(kind) : kind);
}

/** What it was done to; devices lead to their page. */
export function Subject(props: { party: Party | undefined }) {
  const { party } = props;
  if (party === undefined) return "–";
  const text = party.name ?? party.kind;
  if (party.kind !== "device") return <span className="anywhere">{text}</span>;
  return (
    <Link className="link" to="/devices/$deviceId/{-$tab}" params={{ deviceId: party.id }}>
      {text}
    </Link>
  );
}
