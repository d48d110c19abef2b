import { access, type accounts, devices } from "@gatehouse/contract";
import { Button, Modal, NativeSelect, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useSites } from "../../data/site.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Segmented } from "../../design/segmented.tsx";
import { useRoleName, useRoleText } from "../roles/use-words.ts";
import { RIGHTS_READS } from "./rights-reads.ts";

const KINDS = ["tenant", "site", "device"] as const;
type Kind = (typeof KINDS)[number];

function scopeOf(kind: Kind, place: string | null): access.GrantScope | undefined {
  if (kind === "tenant") return { kind };
  if (place === null) return undefined;
  return kind === "site" ? { kind, siteId: place } : { kind, deviceId: place };
}

/** One more role: which, and where. */
export function GiveRoleDialog(props: { person: accounts.PersonEntry; onClose: () => void }) {
  const t = useTranslations("roles.access");
  const action = useTranslations("common.action");
  const errorText = useErrorText();
  const nameOf = useRoleName();
  const textOf = useRoleText();
  const { person, onClose } = props;
  const roles = useQuery(query(access.listRoles, {})).data?.items ?? [];
  const [chosen, setChosen] = useState<string>();
  const [kind, setKind] = useState<Kind>("site");
  const [place, setPlace] = useState<string | null>(null);
  const give = useCall(access.addGrant, RIGHTS_READS);
  const role = roles.find(({ ref }) => ref === chosen) ?? roles.find(({ builtIn }) => !builtIn) ?? roles[2];
  const scope = scopeOf(kind, place);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (role !== undefined && scope !== undefined)
      give.mutate({ params: { id: person.id }, body: { role: role.ref, scope } }, { onSuccess: onClose });
  };
  /** Where the asker's own rights do not reach the whole organisation, a place may still be theirs to give. */
  const isOffered = ({ grantable }: access.RoleInfo) => grantable || kind !== "tenant";
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("addTitle", { name: person.name })}
      size={460}
      closeButtonProps={{ "aria-label": action("close") }}
    >
      <form className="stack" onSubmit={submit}>
        <NativeSelect
          label={t("role")}
          description={role && textOf(role)}
          value={role?.ref ?? ""}
          data-autofocus
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={roles.map((one) => ({
            value: one.ref,
            label: isOffered(one)
              ? nameOf(one.ref, one.name)
              : t("cannotGive", { role: nameOf(one.ref, one.name) }),
            disabled: !isOffered(one),
          }))}
        />
        <div className="stack stack-tight">
          <span className="strong small">{t("where")}</span>
          <Segmented
            label={t("where")}
            size="sm"
            value={kind}
            options={KINDS.map((value) => ({ value, label: t(value) }))}
            onChange={(next) => {
              setKind(next);
              setPlace(null);
            }}
          />
        </div>
        {kind === "site" && <SiteField value={place} onChange={setPlace} />}
        {kind === "device" && <DeviceField value={place} onChange={setPlace} />}
        <DialogFoot error={give.error === null ? undefined : errorText(give.error)}>
          <Button variant="default" onClick={onClose}>
            {action("cancel")}
          </Button>
          <Button
            type="submit"
            disabled={role === undefined || scope === undefined || !isOffered(role)}
            loading={give.isPending}
          >
            {t("give")}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}

interface PlaceFieldProps {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

function SiteField({ value, onChange }: PlaceFieldProps) {
  const t = useTranslations("roles.access");
  const sites = useSites() ?? [];
  return (
    <Select
      label={t("pickSite")}
      placeholder={t("searchSite")}
      searchable
      data={sites.map(({ id, name }) => ({ value: id, label: name }))}
      nothingFoundMessage={t("noSite")}
      value={value}
      onChange={onChange}
    />
  );
}

const DEBOUNCE_MS = 200;
const MAX_DEVICES = "30";

/** Found by the server: there may be thousands. The chosen one stays among the options while another is looked for. */
function DeviceField({ value, onChange }: PlaceFieldProps) {
  const t = useTranslations("roles.access");
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [q] = useDebouncedValue(text === name ? "" : text.trim(), DEBOUNCE_MS);
  const found = useQuery({
    ...query(devices.listDevices, { query: { limit: MAX_DEVICES, ...(q === "" ? {} : { q }) } }),
    placeholderData: keepPreviousData,
  });
  const options = new Map((found.data?.items ?? []).map((device) => [device.id, device.name]));
  if (value !== null) options.set(value, name);
  return (
    <Select
      label={t("pickDevice")}
      placeholder={t("searchDevice")}
      searchable
      data={[...options].map(([id, label]) => ({ value: id, label }))}
      nothingFoundMessage={t("noDevice")}
      value={value}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        setName(id === null ? "" : (options.get(id) ?? ""));
        onChange(id);
      }}
    />
  );
}
