import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#eef6f7",
  "#dcebec",
  "#b6d6d9",
  "#8cc0c5",
  "#62a7ae",
  "#3c8f98",
  "#1f7985",
  "#0e5f6b",
  "#0a4a54",
  "#06343b",
];

/**
 * Mantine dressed in the tokens: 28 px controls, 5 px corners, rules instead of shadows. Default props are plain
 * objects: `Component.extend` would pull every named component into the first download.
 */
export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol },
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 5,
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  fontSizes: { xs: "12px", sm: "13px", md: "13.5px", lg: "16px", xl: "20px" },
  spacing: { xs: "6px", sm: "10px", md: "14px", lg: "20px", xl: "28px" },
  breakpoints: { xs: "24em", sm: "48em", md: "64em", lg: "80em", xl: "90em" },
  headings: { fontFamily: "var(--sans)", fontWeight: "620" },
  components: {
    Button: { defaultProps: { size: "compact-sm", h: 28, px: 11 } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    Input: { defaultProps: { size: "sm" } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

const shared = {
  "--mantine-color-body": "var(--canvas)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-3)",
  "--mantine-color-placeholder": "var(--ink-3)",
  "--mantine-color-error": "var(--danger)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-hover": "var(--sunken)",
  "--mantine-color-default-border": "var(--line-2)",
  "--mantine-color-disabled": "var(--sunken)",
  "--mantine-color-disabled-color": "var(--ink-3)",
  "--mantine-color-disabled-border": "var(--line)",
};

/** Mantine's own variables follow the tokens in both themes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});
