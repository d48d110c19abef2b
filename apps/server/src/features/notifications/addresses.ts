import { Type } from "typebox";

/** Same shape as people's addresses; a channel's address is free text in the contract because of `Name <address>`. */
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern:
    '^[^\\s@<>",;:()\\[\\]\\\\\\u0000-\\u001f\\u007f]{1,64}@[A-Za-z0-9\\u0080-\\uffff]([A-Za-z0-9.\\u0080-\\uffff-]{0,187}[A-Za-z0-9\\u0080-\\uffff])?$',
});
