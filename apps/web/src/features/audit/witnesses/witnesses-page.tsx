import { ledger } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { StatusSentence } from "../../../design/status-sentence.tsx";
import { RefusalsPanel } from "./refusals-panel.tsx";
import { WitnessedPanel } from "./witnessed-panel.tsx";
import { WitnessesPanel } from "./witnesses-panel.tsx";

const RENEW_MS = 10_000;

/** Who keeps this log honest, and whose logs this installation keeps honest. */
export function WitnessesPage() {
  const t = useTranslations("witnesses");
  const list = useQuery({ ...query(ledger.listWitnesses, {}), refetchInterval: RENEW_MS });
  const all = list.data?.witnesses ?? [];
  const count = (state: ledger.WitnessStanding): number => all.filter((one) => one.state === state).length;
  const [refusing, silent] = [count("refused"), count("silent")];
  const sentence = (): string => {
    if (list.data === undefined) return t("title");
    if (refusing > 0) return t("refusing", { count: refusing });
    if (silent > 0) return t("silent", { count: silent });
    return t("sentence", { count: count("ok") });
  };
  return (
    <>
      <StatusSentence detail={t("detail")}>{sentence()}</StatusSentence>
      <WitnessesPanel list={list} />
      <RefusalsPanel list={list.data} />
      <WitnessedPanel list={list} />
    </>
  );
}
