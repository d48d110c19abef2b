import { lab } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconCircleCheckFilled, IconShieldCheck, IconShieldOff } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./lab.module.css";
import { type AttackText, stageOf, useAttackText } from "./use-lab.ts";

export interface AttackTableProps {
  attacks: readonly lab.LabAttack[];
  run: lab.LabRun | undefined;
  position: lab.LabPosition | undefined;
  chosen: string | undefined;
  /** Controls without which the results are shown. */
  off: ReadonlySet<string>;
  onChoose: (attack: string) => void;
}

interface AttackRow {
  readonly attack: lab.LabAttack;
  readonly text: AttackText;
  readonly entry: lab.LabEntry | undefined;
  readonly position: lab.LabPosition | undefined;
  readonly isChosen: boolean;
  readonly isOff: boolean;
  /** Id of the run that is under way. */
  readonly running: string | undefined;
}

const COLUMNS: readonly Column<AttackRow>[] = [
  { id: "attack", header: () => <Head name="attack" />, cell: ({ row }) => <Title row={row.original} /> },
  { id: "control", header: () => <Head name="control" />, cell: ({ row }) => <Control row={row.original} /> },
  {
    id: "after",
    header: () => <Head name="after" />,
    meta: { align: "end" },
    cell: ({ row }) => <Took verdict={verdictOf(row.original)} />,
  },
  { id: "proof", header: () => <Head name="proof" />, cell: ({ row }) => <Proof row={row.original} /> },
  {
    id: "act",
    header: () => (
      <span className="visually-hidden">
        <Head name="act" />
      </span>
    ),
    meta: { align: "end" },
    cell: ({ row }) => <Act row={row.original} />,
  },
];

export function AttackTable(props: AttackTableProps) {
  const t = useTranslations("lab");
  const textOf = useAttackText();
  const { attacks, run, position, chosen, off } = props;
  const rows = attacks.map((attack) => ({
    attack,
    text: textOf(attack),
    entry: run?.entries.find((entry) => entry.attack === attack.name),
    position: position?.attack === attack.name ? position : undefined,
    isChosen: attack.name === chosen,
    isOff: off.has(attack.control),
    running: run?.state === "running" ? run.id : undefined,
  }));
  return (
    <DataTable
      label={t("attacks")}
      rows={rows}
      rowId={({ attack }) => attack.name}
      columns={COLUMNS}
      onOpen={({ attack }) => props.onChoose(attack.name)}
      phoneRow={(row) => (
        <span className={styles.phone}>
          <Title row={row} />
          <Control row={row} />
        </span>
      )}
      phoneEnd={(row) => <Act row={row} />}
    />
  );
}

const verdictOf = ({ entry, isOff }: AttackRow): lab.LabVerdict | undefined =>
  isOff ? entry?.withoutControl : entry?.withControl;

function Head(props: { name: "attack" | "control" | "after" | "proof" | "act" }) {
  return useTranslations("lab.column")(props.name);
}

function Title(props: { row: AttackRow }) {
  const { text, isChosen } = props.row;
  return <span className={`${styles.attack} ${isChosen ? "strong" : ""}`}>{text.title}</span>;
}

function Control(props: { row: AttackRow }) {
  const t = useTranslations("lab");
  const { text, entry, position, isOff } = props.row;
  const stage = stageOf(entry, position !== undefined);
  if (position !== undefined)
    return (
      <Tag tone="accent">
        {t(position.control ? "runningOn" : "runningOff", {
          step: String(Math.min(position.step + 1, text.steps.length)),
          steps: String(text.steps.length),
        })}
      </Tag>
    );
  if (isOff && entry?.withoutControl?.succeeded === true)
    return (
      <Tag tone="danger">
        <IconShieldOff size={13} aria-hidden="true" /> {t("gotThrough")}
      </Tag>
    );
  if (isOff || stage === "waiting") return <span className="tertiary">{text.control}</span>;
  if (stage === "notStopped")
    return (
      <Tag tone="danger">
        <IconShieldOff size={13} aria-hidden="true" /> {t("notStopped")}
      </Tag>
    );
  return (
    <Tag tone="ok">
      <IconShieldCheck size={13} aria-hidden="true" /> {text.control}
    </Tag>
  );
}

function Took(props: { verdict: lab.LabVerdict | undefined }) {
  const format = useFormat();
  if (props.verdict === undefined) return <span className="tertiary">–</span>;
  return <span className="num nowrap">{tookText(props.verdict.tookMs, format.quantity)}</span>;
}

/** Milliseconds below a second, seconds above. */
export const tookText = (
  ms: number,
  quantity: (value: number, unit: string, digits?: number) => string,
): string => (ms < 1_000 ? quantity(ms, "ms", 0) : quantity(ms / 1_000, "s", 1));

function Proof(props: { row: AttackRow }) {
  const t = useTranslations("lab");
  const { entry } = props.row;
  if (entry?.withoutControl === undefined) return <span className="tertiary">{t("notRun")}</span>;
  if (!entry.withoutControl.succeeded) return <Tag tone="danger">{t("noEffect")}</Tag>;
  return (
    <span className={styles.proof}>
      <IconCircleCheckFilled size={15} className={styles.check} aria-hidden="true" /> {t("succeeds")}
    </span>
  );
}

/** Runs the attack, or stops the run while it is this one's turn. */
function Act(props: { row: AttackRow }) {
  const { running, position } = props.row;
  if (running === undefined) return <Run row={props.row} />;
  return position === undefined ? null : <Stop row={props.row} runId={running} />;
}

function Stop(props: { row: AttackRow; runId: string }) {
  const t = useTranslations("lab");
  const can = useCan();
  const cancel = useCall(lab.cancelLabRun, [lab.listLabRuns, lab.getLabRun]);
  if (!can("lab.run")) return null;
  return (
    <Button
      variant="subtle"
      loading={cancel.isPending}
      aria-label={t("stopOne", { name: props.row.text.title })}
      onClick={() => cancel.mutate({ params: { id: props.runId } })}
    >
      {t("stop")}
    </Button>
  );
}

function Run(props: { row: AttackRow }) {
  const t = useTranslations("lab");
  const can = useCan();
  const navigate = useNavigate();
  const start = useCall(lab.startLabRun, [lab.listLabRuns]);
  const { attack, text } = props.row;
  if (!can("lab.run")) return null;
  return (
    <Button
      variant="subtle"
      loading={start.isPending}
      aria-label={t("runOne", { name: text.title })}
      onClick={() =>
        start.mutate(
          { body: { attacks: [attack.name] } },
          { onSuccess: () => void navigate({ to: "/lab", search: { attack: attack.name } }) },
        )
      }
    >
      {t("runAgain")}
    </Button>
  );
}
