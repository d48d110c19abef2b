import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes } from "react";

type Props = ButtonProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps>;

/** A link in the dress of a button: for going somewhere; a `Button` is for doing something. */
export const ButtonLink = createLink((props: Props) => <Button component="a" {...props} />);
