import { Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Email, Language, line, object } from "../schemas.ts";
import { Me } from "./me.ts";
import { Password } from "./passwords.ts";

export const getSetup = endpoint({
  method: "GET",
  path: "/api/v1/setup",
  tag: "setup",
  audience: "public",
  summary: "Whether this installation still needs its owner",
  reply: object({ needed: Type.Boolean(), version: Type.String() }),
});
export const completeSetup = endpoint({
  method: "POST",
  path: "/api/v1/setup",
  tag: "setup",
  audience: "public",
  perMinute: 20,
  summary: "Create the owner with the one-time setup link's token",
  body: object({
    token: Type.String({ minLength: 1, maxLength: 200 }),
    organisation: line(120),
    name: line(120),
    email: Email,
    password: Password,
    language: Language,
  }),
  reply: Me,
  status: 201,
  errors: ["auth.setup_link_invalid", "auth.setup_done", "auth.password_weak"],
  records: ["installation.created"],
});
