import { accounts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate, useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { QueryView } from "../../design/query-view.tsx";
import { AddressStep } from "./address-step.tsx";
import { AdministratorStep } from "./administrator-step.tsx";
import { FirstDeviceStep } from "./first-device-step.tsx";
import { SetupFrame } from "./setup-frame.tsx";

const route = getRouteApi("/setup");

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
        onDone={() => void navigate({ to: "/setup", search: { step: "address" }, hash: "", replace: true })}
      />
    </SetupFrame>
  );
}

function OwnerThere() {
  const t = useTranslations("setup");
  const { step } = route.useSearch();
  const navigate = useNavigate();
  const me = useQuery({ ...query(accounts.getMe, {}), retry: false });
  if (me.isError && me.error.status === 401)
    return <Navigate to="/login" search={{ next: "/setup?step=address" }} />;
  const go = (to: "address" | "device") => void navigate({ to: "/setup", search: { step: to } });
  return (
    <QueryView query={me} what={t("title")}>
      {({ person }) => (
        <SetupFrame at={step === "device" ? "device" : "address"} owner={person.name}>
          {step === "device" ? (
            <FirstDeviceStep onBack={() => go("address")} />
          ) : (
            <AddressStep onNext={() => go("device")} />
          )}
        </SetupFrame>
      )}
    </QueryView>
  );
}
