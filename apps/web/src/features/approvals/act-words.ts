import {
  type AnyEndpoint,
  access,
  accounts,
  cameras,
  channel,
  devices,
  FOUR_EYES_ACTS,
  type FourEyesAct,
  operations,
} from "@gatehouse/contract";

/** Everything that can need a second person, by the name of its words. */
const ACTS = {
  addGrant: access.addGrant,
  removeGrant: access.removeGrant,
  setMainRole: access.setMainRole,
  createRole: access.createRole,
  updateRole: access.updateRole,
  removeRole: access.removeRole,
  createToken: access.createToken,
  setApprovalPolicy: access.setApprovalPolicy,
  createTenant: access.createTenant,
  suspendTenant: access.suspendTenant,
  disablePerson: accounts.disablePerson,
  enablePerson: accounts.enablePerson,
  erasePerson: accounts.erasePerson,
  createEnrolmentGroup: channel.createEnrolmentGroup,
  resetSuitePin: channel.resetSuitePin,
  rotateServerKeys: channel.rotateServerKeys,
  setChannelPolicy: channel.setChannelPolicy,
  setPolicyException: channel.setPolicyException,
  deleteDevice: devices.deleteDevice,
  issueCertificate: devices.issueCertificate,
  reinstateDevice: devices.reinstateDevice,
  rotateKey: devices.rotateKey,
  updateSettings: operations.updateSettings,
  updateRecordingPolicy: cameras.updateRecordingPolicy,
  eraseRecordings: cameras.eraseRecordings,
  createOffsiteTarget: cameras.createOffsiteTarget,
  updateOffsiteTarget: cameras.updateOffsiteTarget,
  removeOffsiteTarget: cameras.removeOffsiteTarget,
  createOffsiteInbox: cameras.createOffsiteInbox,
  updateOffsiteInbox: cameras.updateOffsiteInbox,
  removeOffsiteInbox: cameras.removeOffsiteInbox,
} as const satisfies Record<string, AnyEndpoint>;

export type ActName = keyof typeof ACTS;
export const ACT_NAMES = Object.keys(ACTS) as ActName[];

/** What an organisation can choose: kinds of acts that there are. The list of acts guards itself. */
export const CHOOSABLE = FOUR_EYES_ACTS.filter(
  (kind): kind is Exclude<FourEyesAct, "approval_policy"> =>
    kind !== "approval_policy" && ACT_NAMES.some((name) => ACTS[name].fourEyes === kind),
);

/** Which act a request is, from its method and its address with the parameters filled in. */
export function actOf({
  method,
  path,
}: Pick<access.Approval["request"], "method" | "path">): ActName | "other" {
  const parts = path.split("/");
  const fits = (declared: string): boolean => {
    const wanted = declared.split("/");
    return (
      wanted.length === parts.length &&
      wanted.every((part, n) => part === parts[n] || (part.startsWith(":") && parts[n] !== ""))
    );
  };
  return ACT_NAMES.find((name) => ACTS[name].method === method && fits(ACTS[name].path)) ?? "other";
}
