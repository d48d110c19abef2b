import type { access } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { isGivable } from "../roles/permission-groups.ts";
import { usePermissionText, useRoleName } from "../roles/use-words.ts";
import styles from "./approvals.module.css";
import { type FactValue, factsOf } from "./body-facts.ts";
import { DeviceName, PersonName, TenantName } from "./thing-names.tsx";
import { useActText } from "./use-act-text.ts";

/** What would be done, in plain words: the act, what it is done to, and what the request says about it. */
export function RequestFacts(props: { approval: access.Approval }) {
  const t = useTranslations("approvals");
  const actText = useActText();
  const { approval } = props;
  return (
    <dl className={styles.facts}>
      <dt>{t("what")}</dt>
      <dd className="strong">{actText(approval)}</dd>
      <Subject resource={approval.resource} />
      {factsOf(approval.request.body).map(({ field, value }) => (
        <Line key={field} label={t(`field.${field}`)}>
          <Value value={value} />
        </Line>
      ))}
    </dl>
  );
}

function Line(props: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

/** What it is done to, by name where the reader may see it. */
function Subject(props: { resource: access.Approval["resource"] }) {
  const t = useTranslations("approvals.subject");
  const { resource } = props;
  switch (resource?.kind) {
    case "person":
      return (
        <Line label={t("person")}>
          <PersonName id={resource.id} />
        </Line>
      );
    case "device":
      return (
        <Line label={t("device")}>
          <DeviceName id={resource.id} />
        </Line>
      );
    case "role":
      return (
        <Line label={t("role")}>
          <RoleLink role={resource.id} />
        </Line>
      );
    case "tenant":
      return (
        <Line label={t("tenant")}>
          <TenantName id={resource.id} />
        </Line>
      );
    default:
      return null;
  }
}

function Value(props: { value: FactValue }) {
  const t = useTranslations("approvals.value");
  const kinds = useTranslations("approvals.kind");
  const format = useFormat();
  const permissionText = usePermissionText();
  const { value } = props;
  switch (value.kind) {
    case "text":
      return value.text;
    case "role":
      return <RoleLink role={value.role} />;
    case "scope":
      return <Place scope={value.scope} />;
    case "permissions":
      return <Words words={value.permissions.filter(isGivable).map(permissionText)} />;
    case "sites":
      return <Sites ids={value.siteIds} />;
    case "acts":
      return <Words words={value.acts.map((act) => kinds(act))} />;
    case "everywhere":
      return t(value.isEverywhere ? "everywhere" : "elsewhere");
    case "time":
      return format.dateMinute(value.atMs);
    case "number":
      return format.number(value.count);
    case "hours":
    case "days":
      return t(value.kind, { count: value.count });
  }
}

function Words(props: { words: readonly string[] }) {
  const t = useTranslations("approvals.value");
  if (props.words.length === 0) return t("nothing");
  return (
    <ul>
      {props.words.map((word) => (
        <li key={word}>{word}</li>
      ))}
    </ul>
  );
}

function RoleLink(props: { role: access.RoleRef }) {
  const nameOf = useRoleName();
  const can = useCan();
  const name = nameOf(props.role);
  if (!can("role.read")) return name;
  return (
    <Link className="link" to="/roles" search={{ role: props.role }}>
      {name}
    </Link>
  );
}

function Place(props: { scope: access.GrantScope }) {
  const t = useTranslations("roles.access");
  const { scope } = props;
  if (scope.kind === "tenant") return t("tenant");
  return scope.kind === "site" ? <Sites ids={[scope.siteId]} /> : <DeviceName id={scope.deviceId} />;
}

function Sites(props: { ids: readonly string[] }) {
  const sites = useSites();
  return props.ids.map((id) => sites?.find((site) => site.id === id)?.name ?? id).join(", ");
}
