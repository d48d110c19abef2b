import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import {
  type ColumnDef,
  metaHelper,
  type Row,
  type RowData,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type ReactNode, useState } from "react";
import styles from "./data-table.module.css";
import { useRowKeys } from "./row-keys.ts";
import { useIsPhone } from "./viewport.ts";

/** Sorting and paging are the server's: the table shows the order and asks for another. */
const features = tableFeatures({
  columnMeta: metaHelper<{ readonly align?: "end"; readonly width?: number; readonly sortable?: boolean }>(),
});
type Features = typeof features;

export type Column<T extends RowData> = ColumnDef<Features, T, unknown>;

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

export interface DataTableProps<T extends RowData> {
  /** What the rows are; names the table for screen readers. */
  label: string;
  rows: readonly T[];
  rowId: (row: T) => string;
  /** Stable between renders (module scope or useMemo). `meta`: align, width, sortable. */
  columns: readonly Column<T>[];
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** Click or Enter on a row; J, K and arrows move between rows. */
  onOpen?: (row: T) => void;
  /** On a phone rows become a list: what stands in one entry. Without it the table scrolls sideways. */
  phoneRow?: (row: T) => ReactNode;
  /** Beside an entry of that list: a button or a menu that is not part of opening it. */
  phoneEnd?: (row: T) => ReactNode;
  /** With a height (px) only the rows in view are rendered: for thousands of rows. */
  windowHeight?: number;
}

const ROW_HEIGHT_PX = 32;

export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const isPhone = useIsPhone();
  if (isPhone && props.phoneRow !== undefined) return <PhoneList {...props} phoneRow={props.phoneRow} />;
  return <WideTable {...props} />;
}

function WideTable<T extends RowData>(props: DataTableProps<T>) {
  /** State, not a ref: rows in view can only be known once the element is there. */
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const table = useTable({
    features,
    data: props.rows as T[],
    columns: props.columns as Column<T>[],
    getRowId: props.rowId,
  });
  const rows = table.getRowModel().rows;
  const keys = useRowKeys(scroller, props.onOpen === undefined ? 0 : rows.length);
  const { onOpen } = props;
  const renderRow = (row: Row<Features, T>, index: number) => (
    <tr
      key={row.id}
      data-row={index}
      {...(onOpen === undefined
        ? {}
        : {
            className: styles.openable,
            onClick: (event: MouseEvent) => {
              if (!isControl(event.target)) onOpen(row.original);
            },
            ...keys.row(index, () => onOpen(row.original)),
          })}
    >
      {row.getAllCells().map((cell) => (
        <td key={cell.id} className={cell.column.columnDef.meta?.align === "end" ? styles.end : undefined}>
          <table.FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  );
  const windowed = props.windowHeight !== undefined;
  return (
    <div
      ref={setScroller}
      className={windowed ? styles.window : styles.scroll}
      {...(windowed ? { style: { height: props.windowHeight } } : {})}
    >
      <table className={styles.table} aria-label={props.label} aria-rowcount={props.rows.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const { meta } = header.column.columnDef;
                const content = <table.FlexRender header={header} />;
                const direction = directionOf(header.id, props.sort);
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={meta?.align === "end" ? styles.end : undefined}
                    {...(meta?.width === undefined ? {} : { style: { width: meta.width } })}
                    {...(direction === undefined ? {} : { "aria-sort": direction })}
                  >
                    {meta?.sortable === true ? (
                      <SortButton
                        direction={direction}
                        onClick={() =>
                          props.onSort?.({ column: header.id, descending: direction === "ascending" })
                        }
                      >
                        {content}
                      </SortButton>
                    ) : (
                      content
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        {windowed ? (
          <WindowedRows
            scroller={scroller}
            rows={rows}
            columnCount={props.columns.length}
            renderRow={renderRow}
          />
        ) : (
          <tbody>{rows.map(renderRow)}</tbody>
        )}
      </table>
    </div>
  );
}

/** A link, button or field inside a row keeps its own click. */
const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest("a, button, input, label") !== null;

type Direction = "ascending" | "descending";

function directionOf(column: string, sort: Sort | undefined): Direction | undefined {
  if (sort?.column !== column) return undefined;
  return sort.descending ? "descending" : "ascending";
}

function SortButton(props: { direction: Direction | undefined; onClick: () => void; children: ReactNode }) {
  const className = props.direction === undefined ? styles.sort : `${styles.sort} ${styles.sorted}`;
  return (
    <button type="button" className={className} onClick={props.onClick}>
      {props.children}
      {props.direction === "ascending" && <IconArrowUp size={12} aria-hidden="true" />}
      {props.direction === "descending" && <IconArrowDown size={12} aria-hidden="true" />}
    </button>
  );
}

/** Only the rows in view, between two spacers that keep the scrollbar true. */
function WindowedRows<T extends RowData>(props: {
  scroller: HTMLDivElement | null;
  rows: readonly Row<Features, T>[];
  columnCount: number;
  renderRow: (row: Row<Features, T>, index: number) => ReactNode;
}) {
  const virtualizer = useVirtualizer({
    count: props.rows.length,
    getScrollElement: () => props.scroller,
    estimateSize: () => ROW_HEIGHT_PX,
    getItemKey: (index) => props.rows[index]?.id ?? index,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <tbody>
      <Spacer height={before} columnCount={props.columnCount} />
      {items.map(({ index }) => {
        const row = props.rows[index];
        return row === undefined ? null : props.renderRow(row, index);
      })}
      <Spacer height={after} columnCount={props.columnCount} />
    </tbody>
  );
}

function Spacer(props: { height: number; columnCount: number }) {
  if (props.height <= 0) return null;
  return (
    <tr>
      <td colSpan={props.columnCount} style={{ height: props.height, padding: 0 }} />
    </tr>
  );
}

function PhoneList<T extends RowData>(props: DataTableProps<T> & { phoneRow: (row: T) => ReactNode }) {
  return (
    <ul className={styles.list} aria-label={props.label}>
      {props.rows.map((row) => (
        <li key={props.rowId(row)} className={styles.item}>
          {props.onOpen === undefined ? (
            <div className={styles.itemPlain}>{props.phoneRow(row)}</div>
          ) : (
            <button type="button" className={styles.itemButton} onClick={() => props.onOpen?.(row)}>
              {props.phoneRow(row)}
            </button>
          )}
          {props.phoneEnd?.(row)}
        </li>
      ))}
    </ul>
  );
}
