import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "../../data/session.ts";
import { SearchField } from "../../design/search-field.tsx";
import { concerns, type Givable, PERMISSION_GROUPS } from "./permission-groups.ts";
import styles from "./roles.module.css";
import { usePermissionText } from "./use-words.ts";

/** Permissions in plain words, by subject. What cannot be chosen says why; what is chosen can always be taken out. */
export function PermissionPicker(props: {
  label: string;
  value: readonly Givable[];
  onChange: (value: Givable[]) => void;
  whyNot: (permission: Givable) => string | undefined;
}) {
  const t = useTranslations("roles");
  const groups = useTranslations("permissions.group");
  const text = usePermissionText();
  const { host } = useMe();
  const [wanted, setWanted] = useState("");
  const chosen = new Set(props.value);
  const matches = (permission: Givable) =>
    concerns(host, permission) && text(permission).toLocaleLowerCase().includes(wanted.toLocaleLowerCase());
  const shown = PERMISSION_GROUPS.map(({ name, permissions }) => ({
    name,
    permissions: permissions.filter(matches),
  })).filter(({ permissions }) => permissions.length > 0);
  const toggle = (permission: Givable, on: boolean) =>
    props.onChange(on ? [...props.value, permission] : props.value.filter((one) => one !== permission));
  return (
    <fieldset className={styles.picker}>
      <legend className={styles.legend}>{props.label}</legend>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter in the search would send the form around it */}
      <div
        className="row row-between row-wrap"
        onKeyDown={(event) => {
          if (event.key === "Enter") event.preventDefault();
        }}
      >
        <SearchField label={t("search")} value={wanted} onChange={setWanted} />
        <span className="secondary small" role="status">
          {t("chosen", { count: chosen.size })}
        </span>
      </div>
      {shown.length === 0 && <p className="secondary small">{t("noMatch")}</p>}
      {shown.map(({ name, permissions }) => (
        <fieldset key={name} className={styles.group}>
          <legend className={styles.groupName}>{groups(name)}</legend>
          {permissions.map((permission) => {
            const why = props.whyNot(permission);
            const isChosen = chosen.has(permission);
            return (
              <Checkbox
                key={permission}
                label={text(permission)}
                description={why}
                checked={isChosen}
                disabled={why !== undefined && !isChosen}
                onChange={(event) => toggle(permission, event.currentTarget.checked)}
              />
            );
          })}
        </fieldset>
      ))}
    </fieldset>
  );
}

/** The same, to read: by subject what may be done. */
export function PermissionList(props: { permissions: readonly Givable[] }) {
  const groups = useTranslations("permissions.group");
  const text = usePermissionText();
  const held = new Set(props.permissions);
  return (
    <dl className={styles.may}>
      {PERMISSION_GROUPS.map(({ name, permissions }) => {
        const shown = permissions.filter((permission) => held.has(permission));
        if (shown.length === 0) return null;
        return (
          <div key={name}>
            <dt>{groups(name)}</dt>
            <dd>
              <ul>
                {shown.map((permission) => (
                  <li key={permission}>{text(permission)}</li>
                ))}
              </ul>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
