import { operations } from "@gatehouse/contract";
import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useTabLine } from "../../design/tab-line.ts";
import styles from "./add-device.module.css";
import { snippetOf, WAYS, type Way } from "./snippets.ts";

interface Target {
  readonly deviceName: string;
  readonly typeId: string;
  readonly apiKey: string;
}

/** Programs that send a first reading, filled with this server's address and the device's key. */
export function SnippetTabs(props: { target: Target }) {
  const t = useTranslations("devices.adding");
  const [way, setWay] = useState<Way>("mosquitto");
  const line = useTabLine(way);
  const network = useQuery(query(operations.getNetwork, {}));
  const hasCa = network.data?.ca !== undefined;
  const ca = useQuery({ ...query(operations.getCaCertificate, {}), enabled: hasCa });
  const text =
    network.data === undefined
      ? undefined
      : snippetOf(way, { ...props.target, network: network.data, caPem: ca.data });
  const loopback = network.data?.listeners.every((listener) => listener.loopbackOnly) === true;
  return (
    <Panel title={t("snippet")} flush end={text !== undefined && <CopyButton text={text} wide />}>
      <QueryView query={network} what={t("tabs")}>
        {() => (
          <Tabs value={way} onChange={(next) => setWay((next as Way | null) ?? "mosquitto")}>
            <Tabs.List {...line} aria-label={t("tabs")} className={`${styles.tabs} ${line.className}`}>
              {WAYS.map((one) => (
                <Tabs.Tab key={one} value={one}>
                  {t(`way.${one}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value={way}>
              {text === undefined ? (
                <p className={styles.note}>{t("noListener")}</p>
              ) : (
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
                <pre className={styles.snippet} tabIndex={0}>
                  {text}
                </pre>
              )}
            </Tabs.Panel>
          </Tabs>
        )}
      </QueryView>
      <div className={styles.note}>
        <p>{t(`needs.${way}`)}</p>
        {hasCa && way !== "arduino" && (
          <p>
            {t("ca")}{" "}
            <a href={operations.getCaCertificate.path} download="ca.pem" className="link">
              {t("caLink")}
            </a>
          </p>
        )}
        {loopback && <p className="warn">{t("loopback")}</p>}
      </div>
    </Panel>
  );
}
