import { devices, gateways } from "@gatehouse/contract";
import { Button, Checkbox } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Pager } from "../../design/pager.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import styles from "./gateways.module.css";

const PAGE = 50;
const SHOWN = ["none", "mine", "all"] as const;
type Shown = (typeof SHOWN)[number];

/** Picks devices for a gateway, or takes them away from it; what is picked stays while one searches and pages. */
export function AssignDrawer(props: {
  gateway: Pick<gateways.SiteGateway, "id" | "name">;
  onClose: () => void;
}) {
  const t = useTranslations("gateways");
  const { gateway } = props;
  const [shown, setShown] = useState<Shown>("none");
  const [q, setQ] = useState("");
  const [offset, setOffset] = useState(0);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const which = { none: { gateway: "none" }, mine: { gateway: gateway.id }, all: {} }[shown];
  const list = useQuery(
    query(devices.listDevices, {
      query: { ...which, q, sort: "name", offset: String(offset), limit: String(PAGE) },
    }),
  );
  const pick = (ids: readonly string[], isPicked: boolean) =>
    setPicked((before) => {
      const after = new Set(before);
      for (const id of ids) isPicked ? after.add(id) : after.delete(id);
      return after;
    });
  const show = (next: Shown) => {
    setShown(next);
    setOffset(0);
    setPicked(new Set());
  };
  return (
    <SideDrawer title={t("assignTo", { name: gateway.name })} size={520} onClose={props.onClose}>
      <div className="stack">
        <Segmented
          label={t("dialog.show")}
          value={shown}
          options={SHOWN.map((value) => ({ value, label: t(`dialog.${value}`) }))}
          onChange={show}
        />
        <div className={styles.bar}>
          <SearchField
            label={t("dialog.search")}
            value={q}
            onChange={(text) => {
              setQ(text);
              setOffset(0);
            }}
          />
        </div>
        <QueryView
          query={list}
          what={t("dialog.reading")}
          isEmpty={({ items }) => items.length === 0}
          empty={<EmptyState title={t("dialog.empty")} />}
        >
          {({ items, total }) => (
            <>
              <Picks
                rows={items.filter(({ typeId }) => typeId !== "site-gateway")}
                picked={picked}
                onPick={pick}
              />
              <Pager offset={offset} limit={PAGE} total={total} onOffset={setOffset} />
            </>
          )}
        </QueryView>
        <Acts
          ids={[...picked]}
          gatewayId={shown === "mine" ? null : gateway.id}
          onDone={() => setPicked(new Set())}
        />
      </div>
    </SideDrawer>
  );
}

function Picks(props: {
  rows: readonly devices.Device[];
  picked: ReadonlySet<string>;
  onPick: (ids: readonly string[], isPicked: boolean) => void;
}) {
  const t = useTranslations("gateways.dialog");
  const { rows, picked, onPick } = props;
  const count = rows.filter(({ id }) => picked.has(id)).length;
  return (
    <>
      <Checkbox
        label={t("pickPage")}
        checked={count > 0 && count === rows.length}
        indeterminate={count > 0 && count < rows.length}
        onChange={(event) =>
          onPick(
            rows.map(({ id }) => id),
            event.currentTarget.checked,
          )
        }
      />
      <ul className={styles.picks}>
        {rows.map(({ id, name, gateway }) => (
          <li key={id}>
            <Checkbox
              label={name}
              description={gateway === undefined ? t("direct") : t("of", { name: gateway.name })}
              checked={picked.has(id)}
              onChange={(event) => onPick([id], event.currentTarget.checked)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

/** At most 500 a call: a longer choice is sent in parts, and what was done stays done. */
function Acts(props: { ids: readonly string[]; gatewayId: string | null; onDone: () => void }) {
  const t = useTranslations("gateways.dialog");
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const { ids, gatewayId } = props;
  const assign = useCall(gateways.assignDevices, [
    gateways.listGateways,
    gateways.getGateway,
    devices.listDevices,
    devices.getDevice,
  ]);
  const run = async () => {
    let changed = 0;
    try {
      for (let at = 0; at < ids.length; at += gateways.GATEWAY_LIMITS.devicesPerCall) {
        const part = ids.slice(at, at + gateways.GATEWAY_LIMITS.devicesPerCall);
        changed += (await assign.mutateAsync({ body: { deviceIds: part, gatewayId } })).changed;
      }
    } catch {
      return;
    }
    notifications.show({
      message: t("done", { count: changed }),
      closeButtonProps: { "aria-label": common("close") },
    });
    props.onDone();
  };
  return (
    <DialogFoot
      sticky
      error={assign.error === null ? undefined : errorText(assign.error)}
      start={<span className="secondary small">{t("selected", { count: ids.length })}</span>}
    >
      <Button disabled={ids.length === 0} loading={assign.isPending} onClick={() => void run()}>
        {t(gatewayId === null ? "release" : "assign", { count: ids.length })}
      </Button>
    </DialogFoot>
  );
}
