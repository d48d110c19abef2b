import type { lab } from "@gatehouse/contract";
import { Checkbox } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import styles from "./lab.module.css";
import { controlsOf, throughWithout, useAttackText } from "./use-lab.ts";

/** Every control, to be unchecked to see what a run showed without it. Nothing is switched off by this, here or in the lab. */
export function ControlsPanel(props: {
  attacks: readonly lab.LabAttack[];
  run: lab.LabRun | undefined;
  off: ReadonlySet<string>;
  onChange: (off: ReadonlySet<string>) => void;
}) {
  const t = useTranslations("lab");
  const textOf = useAttackText();
  const { attacks, run, off, onChange } = props;
  const controls = controlsOf(attacks);
  const through = throughWithout(attacks, run, off).map((attack) => textOf(attack).title);
  return (
    <Panel
      title={t("controlsTitle")}
      end={<span className="small tertiary">{t("controlsHint")}</span>}
      footer={
        off.size === 0 ? (
          t("allOn")
        ) : through.length === 0 ? (
          t("heldNothing")
        ) : (
          <span>
            <span className="danger strong">{t("heldBack", { count: through.length })}</span>{" "}
            {through.join(", ")}
          </span>
        )
      }
    >
      <Checkbox.Group
        aria-label={t("controlsTitle")}
        value={controls.filter((name) => !off.has(name))}
        onChange={(on) => onChange(new Set(controls.filter((name) => !on.includes(name))))}
      >
        <div className={styles.controls}>
          {controls.map((name) => {
            const attack = attacks.find(({ control }) => control === name) as lab.LabAttack;
            return <Checkbox key={name} value={name} label={textOf(attack).control} />;
          })}
        </div>
      </Checkbox.Group>
    </Panel>
  );
}
