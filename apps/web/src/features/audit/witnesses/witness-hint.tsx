import { ledger } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";

/** One line on the log's page: how many stand by it, or that nobody does. */
export function WitnessHint() {
  const t = useTranslations("witnesses");
  const { witnesses } = useQuery(query(ledger.listWitnesses, {})).data ?? {};
  if (witnesses === undefined) return null;
  const count = (state: ledger.WitnessStanding): number =>
    witnesses.filter((one) => one.state === state).length;
  const isRefused = count("refused") > 0;
  return (
    <p className={`small ${isRefused ? "danger" : "secondary"}`}>
      {isRefused
        ? t("refusingHint")
        : witnesses.length === 0
          ? t("hint")
          : t("sentence", { count: count("ok") })}{" "}
      <Link to="/audit/witnesses">{t("hintLink")}</Link>
    </p>
  );
}
