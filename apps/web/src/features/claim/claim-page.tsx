import { accounts, devices } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { query } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { CopyButton } from "../../design/copy-button.tsx";
import { StateGlyph } from "../../design/device-state.tsx";
import styles from "./claim.module.css";
import { claimCommand, codeOf } from "./claim-text.ts";

/**
 * Where the QR code of a claim leads a person. The code stands in the fragment, which browsers send to nobody; this
 * page reads it, shows it and sends it nowhere either.
 */
export function ClaimPage() {
  const t = useTranslations("claim");
  const { hash } = useLocation();
  const code = codeOf(hash);
  return (
    <Welcome wide>
      <title>{t("title")}</title>
      <div className="stack stack-tight">
        <h1 className="setup-title">{t("title")}</h1>
        <p className="secondary">{code === undefined ? t("noCode") : t("intro")}</p>
      </div>
      {code !== undefined && <Code code={code} />}
      <People />
    </Welcome>
  );
}

function Code(props: { code: string }) {
  const t = useTranslations("claim");
  const command = claimCommand(location.origin, props.code);
  return (
    <>
      <div className={styles.code}>
        <span>{props.code}</span>
        <CopyButton text={props.code} label={t("copyCode")} />
      </div>
      <section className="stack stack-tight">
        <h2 className={styles.head}>{t("device")}</h2>
        <p className="secondary">{t("deviceText")}</p>
        <div className={styles.command}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
          <pre tabIndex={0}>{command}</pre>
          <CopyButton text={command} label={t("copyCommand")} />
        </div>
        <p className="tertiary small">
          {t("limits")} {location.protocol === "https:" && t("ownAuthority")}
        </p>
      </section>
      <p className="tertiary small">{t("private")}</p>
    </>
  );
}

/** For somebody who is logged in, the devices that a code may be for; the code itself is not asked about. */
function People() {
  const t = useTranslations("claim");
  const me = useQuery(query(accounts.getMe, {}));
  const mayRead = me.data?.permissions.includes("device.read") === true;
  const waiting = useQuery({
    ...query(devices.listDevices, { query: { status: "never", limit: "5" } }),
    enabled: mayRead,
  });
  if (me.isPending) return null;
  if (!mayRead) {
    return (
      <div className="row row-wrap">
        <span className="secondary grow">{t("loginText")}</span>
        <ButtonLink to="/login" search={{ next: "/devices" }} variant="default">
          {t("login")}
        </ButtonLink>
      </div>
    );
  }
  const items = waiting.data?.items ?? [];
  return (
    <section className="stack stack-tight">
      <h2 className={styles.head}>{t("waiting")}</h2>
      {items.length === 0 && waiting.data !== undefined && <p className="secondary">{t("noneWaits")}</p>}
      <ul className={styles.devices}>
        {items.map(({ id, name, siteName, status }) => (
          <li key={id} className="row">
            <StateGlyph status={status} />
            <Link
              to="/devices/$deviceId/{-$tab}"
              params={{ deviceId: id, tab: "credentials" }}
              className="link"
            >
              {name}
            </Link>
            <span className="tertiary small truncate">{siteName}</span>
          </li>
        ))}
      </ul>
      <div>
        <ButtonLink to="/devices" variant="default">
          {t("allDevices")}
        </ButtonLink>
      </div>
    </section>
  );
}
