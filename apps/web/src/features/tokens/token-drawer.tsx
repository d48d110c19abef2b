import { access, PERSON_ONLY_PERMISSIONS } from "@gatehouse/contract";
import { Button, MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useCall } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import { SecretText } from "../../design/secret-text.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import type { Givable } from "../roles/permission-groups.ts";
import { PermissionPicker } from "../roles/permission-picker.tsx";
import { endOf, exampleCall, LIVES } from "./token-life.ts";

const OTHER_DAY = "day";

/** A new token; afterwards its secret, this once. */
export function TokenDrawer(props: { onClose: () => void }) {
  const t = useTranslations("tokens");
  const create = useCall(access.createToken, [access.listTokens]);
  const made = create.data;
  const title = made === undefined ? t("newTitle") : t("secretTitle", { name: made.token.name });
  return (
    <SideDrawer title={title} size={560} keepOpen={made !== undefined} onClose={props.onClose}>
      {made === undefined ? (
        <TokenForm create={create} />
      ) : (
        <div className="stack">
          <p className="secondary">{t("secretText")}</p>
          <SecretText label={t("secret")} text={made.secret} />
          <SecretText label={t("example")} text={exampleCall(location.origin, made.secret)} />
          <DialogFoot>
            <Button onClick={props.onClose}>{t("done")}</Button>
          </DialogFoot>
        </div>
      )}
    </SideDrawer>
  );
}

function TokenForm(props: { create: ReturnType<typeof useCall<typeof access.createToken>> }) {
  const t = useTranslations("tokens");
  const errorText = useErrorText();
  const nowMs = useNow(10_000);
  const [name, setName] = useState("");
  const [life, setLife] = useState<string>("90");
  const [day, setDay] = useState("");
  const [sites, setSites] = useState<string[]>([]);
  const [permissions, setPermissions] = useState<Givable[]>([]);
  const whyNot = useWhyNot();
  const { create } = props;
  const expiresMs = endOf(life === OTHER_DAY ? day : Number(life), nowMs);
  const isReady = name.trim() !== "" && permissions.length > 0 && expiresMs !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const body = { name: name.trim(), permissions, expiresMs, ...(sites.length === 0 ? {} : { sites }) };
    create.mutate({ body });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label={t("name")}
        description={t("nameHint")}
        required
        maxLength={80}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FieldGrid fieldWidth={200}>
        <NativeSelect
          label={t("life")}
          value={life}
          onChange={(event) => setLife(event.currentTarget.value)}
          data={[
            ...LIVES.map((days) => ({ value: String(days), label: t("days", { count: days }) })),
            { value: OTHER_DAY, label: t("otherDay") },
          ]}
        />
        {life === OTHER_DAY && (
          <TextInput
            type="date"
            label={t("day")}
            value={day}
            error={day !== "" && expiresMs === undefined ? t("dayInvalid") : undefined}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
        )}
      </FieldGrid>
      <SitesField value={sites} onChange={setSites} />
      <PermissionPicker label={t("allows")} value={permissions} onChange={setPermissions} whyNot={whyNot} />
      <DialogFoot
        sticky
        error={create.error === null ? undefined : errorText(create.error)}
        start={!isReady && <span className="secondary small">{t("needs")}</span>}
      >
        <Button type="submit" disabled={!isReady} loading={create.isPending}>
          {t("create")}
        </Button>
      </DialogFoot>
    </form>
  );
}

/** Why a token of one's own cannot allow something. */
function useWhyNot(): (permission: Givable) => string | undefined {
  const t = useTranslations("roles");
  const me = useMe();
  return (permission) => {
    if (PERSON_ONLY_PERMISSIONS.includes(permission)) return t("personOnly");
    return me.access[permission] === undefined ? t("notGranted") : undefined;
  };
}

function SitesField(props: { value: string[]; onChange: (sites: string[]) => void }) {
  const t = useTranslations("tokens");
  const sites = useSites() ?? [];
  return (
    <MultiSelect
      label={t("onlySites")}
      description={t("onlySitesHint")}
      placeholder={props.value.length === 0 ? t("searchSite") : ""}
      searchable
      data={sites.map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value}
      onChange={props.onChange}
    />
  );
}
