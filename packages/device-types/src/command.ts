import { AppError } from "@gatehouse/base";
import { Check } from "typebox/value";
import type { CommandSpec, DeviceType } from "./device-type.ts";

/** The command's spec. Refuses `device.command_unknown`, and `request.invalid` for parameters that do not fit it. */
export function getCommand(type: DeviceType, key: string, params: unknown): CommandSpec {
  const command = type.commands.find((candidate) => candidate.key === key);
  if (command === undefined) throw new AppError("device.command_unknown", { typeId: type.id, key });
  if (!Check(command.params, params)) throw new AppError("request.invalid", { field: "params" });
  return command;
}
