import { SegmentedControl } from "@mantine/core";

/** One choice of a few that are all worth seeing: a range, a kind. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string }[];
  onChange: (value: T) => void;
  size?: "xs" | "sm";
}) {
  return (
    <SegmentedControl
      aria-label={props.label}
      size={props.size ?? "xs"}
      value={props.value}
      onChange={props.onChange}
      data={props.options.map(({ value, label }) => ({ value, label }))}
    />
  );
}
