import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";

/** A field for a code that was sent or is shown by an app; spaces are welcome. */
export function CodeField(props: {
  label: string;
  description?: ReactNode;
  value: string;
  /** Recovery codes have letters. */
  letters?: boolean;
  onChange: (code: string) => void;
}) {
  return (
    <TextInput
      label={props.label}
      description={props.description}
      inputMode={props.letters === true ? "text" : "numeric"}
      autoComplete={props.letters === true ? "off" : "one-time-code"}
      spellCheck={false}
      autoCapitalize="off"
      maxLength={props.letters === true ? 40 : 13}
      data-autofocus
      className="num"
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

/** Whether `code` can be one: six digits with whatever spaces. */
export const isCode = (code: string): boolean => /^\d{6}$/.test(code.replaceAll(" ", ""));
