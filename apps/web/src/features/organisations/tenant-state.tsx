import type { access } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { Tag } from "../../design/tag.tsx";

export function TenantState(props: { tenant: access.Tenant }) {
  const t = useTranslations("organisations.state");
  const { host, suspendedMs } = props.tenant;
  if (suspendedMs !== undefined) return <Tag tone="warn">{t("suspended")}</Tag>;
  return host ? <Tag tone="accent">{t("host")}</Tag> : <Tag>{t("active")}</Tag>;
}
