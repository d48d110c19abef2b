import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useLocale } from "use-intl";

/** A field for a number that may have decimals, written as the person's language does; both marks are taken. */
export function DecimalInput(props: NumberInputProps) {
  const mark = useLocale() === "fr" ? "," : ".";
  return <NumberInput {...props} decimalSeparator={mark} allowedDecimalSeparators={[",", "."]} />;
}
