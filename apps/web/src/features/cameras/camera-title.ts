/** What people call a camera: the label that somebody gave it, else the device's name. */
export const titleOf = ({ name, label }: { readonly name: string; readonly label: string }): string =>
  label.trim() === "" ? name : label;
