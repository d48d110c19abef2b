import { findDeviceType, validateReading } from "@gatehouse/device-types";

const linuxAgent = () => {
  const type = findDeviceType("linux-agent");
  if (type === undefined) throw new Error("the device type is missing");
  return type;
};

/** What the server checks every reading of an agent with. */
export const validateLinuxAgent = (values: unknown) => validateReading(linuxAgent(), values);

export const linuxAgentMetrics = (): string[] => [...linuxAgent().metricByKey.keys()];
