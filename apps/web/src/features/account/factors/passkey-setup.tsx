import { accounts } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../../data/query.ts";
import { makePasskey } from "../../login/passkeys.ts";
import { Refusal } from "../../login/refusal.tsx";
import { useAct } from "../../login/use-act.ts";

/** Makes a passkey in this browser, its device or a security key. */
export function PasskeySetup(props: { onAdded: (added: accounts.FactorAdded) => void }) {
  const t = useTranslations("factors");
  const [name, setName] = useState("");
  const { busy, error, run } = useAct();
  const add = async () => {
    const response = await makePasskey(await call(accounts.startPasskey, {}));
    const body = { name: name.trim() === "" ? t("passkeyDefault") : name.trim(), response };
    props.onAdded(await call(accounts.addPasskey, { body }));
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run(add);
      }}
    >
      <p className="secondary">{t("passkeyIntro")}</p>
      <TextInput
        label={t("passkeyName")}
        placeholder={t("passkeyDefault")}
        maxLength={60}
        autoComplete="off"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Refusal error={error} />
      <Button
        type="submit"
        h={36}
        leftSection={<IconFingerprint size={16} aria-hidden="true" />}
        loading={busy}
      >
        {t("passkeyAct")}
      </Button>
    </form>
  );
}
