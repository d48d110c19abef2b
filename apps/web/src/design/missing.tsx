import { IconMapOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { EmptyState } from "./empty-state.tsx";

/** In place of a page about something that is not there, or not for this person; `action` leads on. */
export function Missing(props: { title: string; action: ReactNode }) {
  return (
    <>
      <h1 className="visually-hidden">{props.title}</h1>
      <EmptyState icon={<IconMapOff size={22} stroke={1.6} />} title={props.title} action={props.action} />
    </>
  );
}
