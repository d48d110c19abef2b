import { Link } from "@tanstack/react-router";
import type { ClipSearch } from "../recordings/clips/clip-filter.ts";
import styles from "./activity.module.css";
import { levelOf } from "./levels.ts";

export interface MatrixCell {
  readonly key: string;
  readonly count: number;
  /** Says it in words: when, and how many. */
  readonly text: string;
  /** What is shown when it is chosen. */
  readonly search: ClipSearch;
}

export interface MatrixRow {
  readonly key: string;
  readonly head: string;
  readonly cells: readonly MatrixCell[];
}

/** Counts as shades, in a real table: each that is not zero leads to its events. */
export function Matrix(props: {
  label: string;
  corner: string;
  wideHead?: boolean;
  columns: readonly { readonly key: string; readonly text: string }[];
  rows: readonly MatrixRow[];
}) {
  const most = Math.max(0, ...props.rows.flatMap(({ cells }) => cells.map(({ count }) => count)));
  return (
    <div className={styles.scroll}>
      <table
        className={props.wideHead === true ? `${styles.matrix} ${styles.ofDays}` : styles.matrix}
        aria-label={props.label}
      >
        <thead>
          <tr>
            <th scope="col" className={props.wideHead === true ? styles.camera : styles.day}>
              <span className="visually-hidden">{props.corner}</span>
            </th>
            {props.columns.map(({ key, text }) => (
              <th key={key} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, head, cells }) => (
            <tr key={key}>
              <th scope="row" className={props.wideHead === true ? styles.camera : styles.day} title={head}>
                {head}
              </th>
              {cells.map((cell) => (
                <td key={cell.key}>
                  <Cell cell={cell} most={most} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell(props: { cell: MatrixCell; most: number }) {
  const { count, text, search } = props.cell;
  const shade = { className: styles.cell ?? "", "data-level": levelOf(count, props.most) };
  if (count === 0)
    return (
      <span {...shade} title={text}>
        <span className="visually-hidden">{text}</span>
      </span>
    );
  return (
    <Link to="/cameras/clips" search={search} {...shade} title={text}>
      <span className="visually-hidden">{text}</span>
    </Link>
  );
}
