import { accounts } from "@gatehouse/contract";
import { useRouter, useSearch } from "@tanstack/react-router";
import { safeNext } from "../../app/guard.ts";
import { query, queryClient } from "../../data/query.ts";

/** Goes where a log-in stands: to the second factor, or in. */
export function useLoginStep(): (step: accounts.LoginStep) => void {
  const router = useRouter();
  const { next } = useSearch({ strict: false });
  return (step) => {
    if (step.step === "factor_needed") {
      queryClient.setQueryData(query(accounts.getLogin, {}).queryKey, step);
      const search = { ...(next === undefined ? {} : { next }), step: "factor" };
      void router.navigate({ to: "/login", search, hash: "" });
      return;
    }
    queryClient.removeQueries({ queryKey: query(accounts.getLogin, {}).queryKey });
    queryClient.setQueryData(query(accounts.getMe, {}).queryKey, step.me);
    router.history.replace(safeNext(next));
  };
}
