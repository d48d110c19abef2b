import type { ledger } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

type Party = ledger.LedgerParty;

/** What entries name, as doer or as what it was done to. */
const KINDS = [
  "alert",
  "anonymous",
  "approval",
  "approval_policy",
  "board",
  "delivery",
  "detector",
  "device",
  "enrolment_group",
  "invitation",
  "lab_run",
  "link",
  "machine",
  "meter_read",
  "notification_channel",
  "offsite_inbox",
  "offsite_target",
  "person",
  "program",
  "recordings",
  "role",
  "rule",
  "segment",
  "server_key",
  "session",
  "site",
  "system",
  "tenant",
  "token",
] as const;
const isKind = (kind: string): kind is (typeof KINDS)[number] => (KINDS as readonly string[]).includes(kind);

const LONG_ID = 16;
/** The ends of an id tell things of one page apart; the entry has the whole of it. */
const shortId = (id: string): string => (id.length > LONG_ID ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

/** The name of today, else what kind of thing it is or was, and which. */
export function usePartyText(): (party: Party) => string {
  const t = useTranslations("audit");
  return ({ kind, id, name, gone }) => {
    if (kind === "link" && name !== undefined) return t("party.link_number", { number: name });
    if (name !== undefined) return name;
    const word = isKind(kind) ? t(`party.${kind}`) : kind;
    if (id === kind) return word;
    return t(gone === true ? "gone" : "named", { kind: word, id: shortId(id) });
  };
}

/** Where it is looked at, for what has a place of its own. */
function placeOf({ kind, id, gone }: Party) {
  if (gone === true) return undefined;
  switch (kind) {
    case "device":
      return { to: "/devices/$deviceId/{-$tab}", params: { deviceId: id } } as const;
    case "person":
      return { to: "/people/$personId", params: { personId: id } } as const;
    case "rule":
      return { to: "/alerts/rules", search: { rule: id } } as const;
    case "alert":
      return { to: "/alerts", search: { alert: id } } as const;
    case "board":
      return { to: "/telemetry/boards/$boardId", params: { boardId: id } } as const;
    case "site":
      return { to: "/settings/$section", params: { section: "site" } } as const;
    case "notification_channel":
      return { to: "/settings/$section", params: { section: "notifications" } } as const;
    case "camera_event":
      return { to: "/clips/$eventId", params: { eventId: id } } as const;
    case "detector":
      return { to: "/cameras/detectors" } as const;
    case "offsite_inbox":
    case "offsite_target":
      return { to: "/cameras/storage" } as const;
    case "enrolment_group":
    case "server_key":
      return { to: "/settings/$section", params: { section: "channel" } } as const;
    case "role":
      return { to: "/roles", search: { role: id } } as const;
    case "token":
    case "program":
      return { to: "/tokens" } as const;
    case "approval":
      return { to: "/approvals/$approvalId", params: { approvalId: id } } as const;
    case "tenant":
      return { to: "/organisations" } as const;
    case "meter_read":
      return { to: "/gateways" } as const;
    case "lab_run":
      return { to: "/lab", search: { run: id } } as const;
    default:
      return undefined;
  }
}

/** Who did it or what it was done to, leading to where that is looked at. */
export function PartyName(props: { party: Party | undefined }) {
  const text = usePartyText();
  const { party } = props;
  if (party === undefined) return "–";
  const place = placeOf(party);
  if (place === undefined) return <span className="anywhere">{text(party)}</span>;
  return (
    <Link className="link anywhere" {...place}>
      {text(party)}
    </Link>
  );
}
