import { Button } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Column, DataTable } from "./data-table.tsx";
import { Panel } from "./panel.tsx";
import { QueryView } from "./query-view.tsx";

/** A short list whose rows open in an editor, and to which one more can be added there. */
export function EditablePanel<T extends { readonly id: string }>(props: {
  title: string;
  subtitle?: string;
  query: UseQueryResult<{ readonly items: readonly T[] }, Error>;
  /** Completes "Still reading …". */
  what: string;
  empty: ReactNode;
  columns: Column<T>[];
  phoneRow: (item: T) => ReactNode;
  phoneEnd?: (item: T) => ReactNode;
  /** Words of the button that adds; absent for whoever may not. */
  add?: string | undefined;
  /** Adding is the page's first act. */
  isMain?: boolean;
  canEdit: boolean;
  /** Of an item, or of a new one. */
  editor: (item: T | undefined, onClose: () => void) => ReactNode;
}) {
  const [editing, setEditing] = useState<T | "new">();
  const { columns, phoneRow, phoneEnd, subtitle, title } = props;
  const add = props.add !== undefined && (
    <Button {...(props.isMain === true ? {} : { variant: "default" })} onClick={() => setEditing("new")}>
      {props.add}
    </Button>
  );
  return (
    <Panel title={title} {...(subtitle === undefined ? {} : { subtitle })} end={add} flush>
      <QueryView
        query={props.query}
        what={props.what}
        isEmpty={({ items }) => items.length === 0}
        empty={props.empty}
      >
        {({ items }) => (
          <DataTable
            label={title}
            rows={items}
            rowId={({ id }) => id}
            columns={columns}
            {...(props.canEdit ? { onOpen: setEditing } : {})}
            phoneRow={phoneRow}
            {...(phoneEnd === undefined ? {} : { phoneEnd })}
          />
        )}
      </QueryView>
      {editing !== undefined &&
        props.editor(editing === "new" ? undefined : editing, () => setEditing(undefined))}
    </Panel>
  );
}
