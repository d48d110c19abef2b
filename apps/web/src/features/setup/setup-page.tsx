import { accounts, recovery } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate, useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { QueryView } from "../../design/query-view.tsx";
import { AddressStep } from "./address-step.tsx";
import { AdministratorStep } from "./administrator-step.tsx";
import { FirstDeviceStep } from "./first-device-step.tsx";
import { RecoveryStep } from "./recovery-step.tsx";
import { SetupFrame, type SetupStep } from "./setup-frame.tsx";

const route = getRouteApi("/setup");
const LATER_STEPS = ["recovery", "address", "device"] as const;

/**
 * First run. The one-time link carries its token in the fragment (`/setup#…`, never sent to a server) or as
 * `?token=`. Once there is an owner, the further steps need their session.
 */
export function SetupPage() {
  const t = useTranslations("setup");
  const setup = useQuery(query(accounts.getSetup, {}));
  return (
    <QueryView query={setup} what={t("title")}>
      {({ needed }) => (needed ? <OwnerMissing /> : <OwnerThere />)}
    </QueryView>
  );
}

function OwnerMissing() {
  const { token } = route.useSearch();
  const { hash } = useLocation();
  const navigate = useNavigate();
  return (
    <SetupFrame at="administrator">
      <AdministratorStep
        token={token ?? hash.replace(/^token=/, "")}
        onDone={() => void navigate({ to: "/setup", search: { step: "recovery" }, hash: "", replace: true })}
      />
    </SetupFrame>
  );
}

function OwnerThere() {
  const t = useTranslations("setup");
  const { step } = route.useSearch();
  const navigate = useNavigate();
  const me = useQuery({ ...query(accounts.getMe, {}), retry: false });
  const kits = useQuery({ ...query(recovery.getRecoveryKit, {}), enabled: me.isSuccess });
  const putOff = kits.isSuccess && kits.data.kit === undefined ? "recovery" : undefined;
  if (me.isError && me.error.status === 401)
    return <Navigate to="/login" search={{ next: "/setup?step=recovery" }} />;
  const at = LATER_STEPS.find((name) => name === step) ?? "recovery";
  const go = (to: SetupStep) => void navigate({ to: "/setup", search: { step: to } });
  return (
    <QueryView query={me} what={t("title")}>
      {({ person, tenant }) => (
        <SetupFrame at={at} owner={person.name} putOff={putOff}>
          {at === "recovery" && <RecoveryStep organisation={tenant.name} onNext={() => go("address")} />}
          {at === "address" && <AddressStep onBack={() => go("recovery")} onNext={() => go("device")} />}
          {at === "device" && <FirstDeviceStep onBack={() => go("address")} />}
        </SetupFrame>
      )}
    </QueryView>
  );
}
