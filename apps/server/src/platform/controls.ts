/**
 * What stands between an attacker and a site, one switch each, read in the one place that enforces it. The product
 * knows no way to turn one off: `composeApp` takes ALL_ON unless the attack lab, which runs servers of its own on
 * loopback with data that is thrown away, says otherwise (a test holds this).
 */
export interface Controls {
  /** The secret of an API key is compared. */
  readonly deviceSecret: boolean;
  /** A token that a device made for itself ends when it says. */
  readonly tokenExpiry: boolean;
  /** … and is taken from the client id alone for which it was made. */
  readonly tokenBinding: boolean;
  /** A device publishes on its own topics and on those it was granted. */
  readonly publishPermission: boolean;
  /** … and subscribes to no others. */
  readonly subscribePermission: boolean;
  /** Messages a second of one device. */
  readonly rateLimit: boolean;
  /** Size of an MQTT packet, and errors inside its parser. */
  readonly parserGuard: boolean;
  /** A type that must use the secure channel is refused without it. */
  readonly encryptionPolicy: boolean;
  /** Keys are enrolled by whoever knows the claim code. */
  readonly claimProof: boolean;
  /** A device never goes back to a lower suite. */
  readonly suitePin: boolean;
  /** A sealed message is taken once. */
  readonly replayGuard: boolean;
  /** A live message is at most five minutes old. */
  readonly timeWindow: boolean;
  /** A connection speaks for its own device and for those assigned to it. */
  readonly forwardingScope: boolean;
  /** Keys at a site are vouched for when a site gateway says they are its own, and nobody else. */
  readonly siteKeyOwner: boolean;
  /** Two machines with one key are noticed. */
  readonly cloneWatch: boolean;
  /** Who guesses passwords waits ever longer. */
  readonly loginThrottle: boolean;
  /** Codes are tried five times a log-in and twenty times a day. */
  readonly codeBudget: boolean;
  /** A mailed link lets in the browser that asked for it, and no other. */
  readonly linkBrowser: boolean;
  /** A session that has ended is out at its next request. */
  readonly sessionRow: boolean;
  /** A refresh secret that is used twice ends its session for both who have it. */
  readonly refreshFamily: boolean;
  /** What another site's page makes a browser ask is refused … */
  readonly requestOrigin: boolean;
  /** … and the live connection that it opens, too. */
  readonly upgradeOrigin: boolean;
  /** Things are looked for in the organisation of who asks. */
  readonly tenantScope: boolean;
  /** Nobody gives away more than they may do themselves. */
  readonly grantCeiling: boolean;
  /** An export of the audit log counts as listed what its tiles hold and the database has lost. */
  readonly gapSearch: boolean;
  /** A witness holds each checkpoint against the one that it cosigned last. */
  readonly witnessMemory: boolean;
  /** A message of a session is opened once. */
  readonly sessionWindow: boolean;
  /** A camera's frames come from itself, or from the site gateway that it is assigned to. */
  readonly frameScope: boolean;
  /** Frames a second of one camera. */
  readonly frameRate: boolean;
  /** An alarm of a camera is told of once within its cool-down. */
  readonly alarmPace: boolean;
  /** A short link leads somewhere only if it was made here, until the time that it was made for. */
  readonly linkSignature: boolean;
  /** What somebody may do, they may do where it was given to them. */
  readonly grantPlace: boolean;
  /** A check holds the manifest of each recording against its entry in the audit log. */
  readonly sealedEntries: boolean;
}

export const ALL_ON: Controls = {
  deviceSecret: true,
  tokenExpiry: true,
  tokenBinding: true,
  publishPermission: true,
  subscribePermission: true,
  rateLimit: true,
  parserGuard: true,
  encryptionPolicy: true,
  claimProof: true,
  suitePin: true,
  replayGuard: true,
  timeWindow: true,
  forwardingScope: true,
  siteKeyOwner: true,
  cloneWatch: true,
  loginThrottle: true,
  codeBudget: true,
  linkBrowser: true,
  sessionRow: true,
  refreshFamily: true,
  requestOrigin: true,
  upgradeOrigin: true,
  tenantScope: true,
  grantCeiling: true,
  gapSearch: true,
  witnessMemory: true,
  sessionWindow: true,
  frameScope: true,
  frameRate: true,
  alarmPace: true,
  linkSignature: true,
  grantPlace: true,
  sealedEntries: true,
};
