import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import styles from "./search-field.module.css";

const TYPING_PAUSE_MS = 250;

/** Filters a list while one types; `/` goes here. `value` is what the list is filtered by. */
export function SearchField(props: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(props.value);
  const told = useRef(props.value);
  const router = useRouter();
  const tell = useDebouncedCallback((next: string, page: string) => {
    // Whoever has gone on to another page is not brought back.
    if (router.latestLocation.pathname !== page) return;
    told.current = next;
    props.onChange(next);
  }, TYPING_PAUSE_MS);
  /** The filter was changed from elsewhere: cleared, or by the browser's Back. */
  useEffect(() => {
    if (props.value === told.current) return;
    told.current = props.value;
    setText(props.value);
  }, [props.value]);
  return (
    <TextInput
      className={styles.field ?? ""}
      type="search"
      aria-label={props.label}
      placeholder={props.label}
      maxLength={100}
      leftSection={<IconSearch size={14} aria-hidden="true" />}
      value={text}
      data-filter-field=""
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value.trim(), router.latestLocation.pathname);
      }}
    />
  );
}
