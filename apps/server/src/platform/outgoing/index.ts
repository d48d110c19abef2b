export type { AddressClass } from "./address-class.ts";
export { fetchPinned, type PinnedOptions, type PinnedRequest, type PinnedResponse } from "./fetch-pinned.ts";
export {
  type HostAddress,
  type Lookup,
  type OutgoingOptions,
  type OutgoingTarget,
  parseOutgoingUrl,
  resolveOutgoing,
} from "./resolve.ts";
