import { cases, devices } from "@gatehouse/contract";
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { titleOf } from "../cameras/camera-title.ts";
import styles from "./cases.module.css";
import { useTakingOut } from "./use-items.tsx";

const AGAIN = [cases.getCase, cases.listCases];

/** Who and what is a part of it. */
export function CaseThings(props: { caseId: string; items: readonly cases.CaseItem[]; mayWrite: boolean }) {
  const t = useTranslations("cases.things");
  const { caseId, items, mayWrite } = props;
  return (
    <Panel title={t("title")} flush>
      <ul className={styles.list}>
        {items.map((item) => (
          <li key={item.id} className={styles.entry}>
            <Thing {...props} item={item} />
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className={`secondary ${styles.inset}`}>{t("none")}</p>}
      {mayWrite && (
        <div className={`stack ${styles.inset}`}>
          <AddDevice caseId={caseId} />
          <AddPerson caseId={caseId} />
        </div>
      )}
    </Panel>
  );
}

function Thing(props: { caseId: string; item: cases.CaseItem; mayWrite: boolean }) {
  const t = useTranslations("cases");
  const { takeOut, isPending } = useTakingOut(props.caseId);
  const { id, device, person } = props.item;
  const name = useNameOf(props.item);
  return (
    <>
      <span className={styles.what}>
        {device !== undefined && device.name !== "" ? (
          <Link className="link" to="/devices/$deviceId/{-$tab}" params={{ deviceId: device.id }}>
            {name}
          </Link>
        ) : (
          <span>{name}</span>
        )}
        <span className="tertiary tiny">
          {person === undefined ? t("things.device") : t("things.person")}
        </span>
      </span>
      {props.mayWrite && (
        <ActionIcon
          aria-label={t("removeOne", { what: name })}
          loading={isPending}
          onClick={() => takeOut(id)}
        >
          <IconX size={15} />
        </ActionIcon>
      )}
    </>
  );
}

/** What people call a device or person in a case. */
export function useNameOf({ device, person }: cases.CaseItem): string {
  const t = useTranslations("cases.things");
  if (device !== undefined) return device.name === "" ? t("unknown") : titleOf(device);
  return person === undefined || person.name === "" ? t("gonePerson") : person.name;
}

function AddDevice(props: { caseId: string }) {
  const t = useTranslations("cases.things");
  const errorText = useErrorText();
  const add = useCall(cases.addCaseItem, AGAIN);
  const list = useQuery(query(devices.listDevices, { query: { limit: "200" } }));
  return (
    <NativeSelect
      label={t("addDevice")}
      value=""
      disabled={add.isPending}
      error={add.error === null ? undefined : errorText(add.error)}
      onChange={({ currentTarget: { value } }) => {
        if (value !== "")
          add.mutate({ params: { id: props.caseId }, body: { kind: "device", deviceId: value } });
      }}
      data={[
        { value: "", label: t("chooseDevice") },
        ...(list.data?.items ?? []).map((device) => ({ value: device.id, label: titleOf(device) })),
      ]}
    />
  );
}

function AddPerson(props: { caseId: string }) {
  const t = useTranslations("cases.things");
  const errorText = useErrorText();
  const add = useCall(cases.addCaseItem, AGAIN);
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { kind: "outsider", name: name.trim() } as const;
    add.mutate({ params: { id: props.caseId }, body }, { onSuccess: () => setName("") });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label={t("addPerson")}
        description={t("personHint")}
        maxLength={cases.CASE_LIMITS.maxNameLength}
        value={name}
        error={add.error === null ? undefined : errorText(add.error)}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <span>
        <Button type="submit" variant="default" disabled={name.trim() === ""} loading={add.isPending}>
          {t("add")}
        </Button>
      </span>
    </form>
  );
}
