import { IconMapOff } from "@tabler/icons-react";
import { isApiError } from "../data/api-error.ts";
import { ButtonLink } from "./button-link.tsx";
import { EmptyState } from "./empty-state.tsx";

/** Whether what a page is about is not there, or not for this person: an id that is none is the same to them. */
export const isMissing = (error: unknown): boolean => isApiError(error) && [400, 404].includes(error.status);

/** In place of such a page; a button leads back to the list. */
export function Missing(props: {
  title: string;
  to: "/devices" | "/cameras/live" | "/cameras/cases" | "/cameras/clips";
  back: string;
}) {
  return (
    <>
      <h1 className="visually-hidden">{props.title}</h1>
      <EmptyState
        icon={<IconMapOff size={22} stroke={1.6} />}
        title={props.title}
        action={
          <ButtonLink to={props.to} variant="default">
            {props.back}
          </ButtonLink>
        }
      />
    </>
  );
}
