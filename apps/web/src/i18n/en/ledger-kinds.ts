/** What the ledger keeps, by kind: `kind.device.created`. */
export const ledgerKinds = {
  installation: {
    created: "The installation was set up",
    restored: "The installation was restored from a backup",
  },
  tenant: {
    created: "Organisation created",
    changed: "Organisation changed",
  },
  login: {
    done: "Logged in",
    refused: "Log-in refused",
    attacked: "Account under attack",
  },
  session: {
    ended: "Session ended",
    stepped_up: "Second factor given again",
    theft_suspected: "Session ended: its secret was used twice",
  },
  person: {
    signed_up: "Signed up",
    invited: "Person invited",
    invitation_revoked: "Invitation withdrawn",
    imported: "People imported",
    change_requested: "Change of address or number requested",
    erasure_requested: "Erasure requested",
    erasure_withdrawn: "Request for erasure withdrawn",
    confirmed: "Address or number confirmed",
    approved: "Sign-up approved",
    rejected: "Sign-up rejected",
    changed: "Person changed",
    disabled: "Account disabled",
    enabled: "Account enabled again",
    exported: "Personal data exported",
    erased: "Personal data erased",
  },
  password: {
    changed: "Password changed",
    reset: "Password reset",
  },
  factor: {
    added: "Second factor added",
    changed: "Second factor changed",
    removed: "Second factor removed",
  },
  role: {
    created: "Role created",
    changed: "Role changed",
    removed: "Role removed",
  },
  permission: {
    granted: "Permission granted",
    withdrawn: "Permission withdrawn",
  },
  approval: {
    requested: "Approval requested",
    given: "Approval given",
    refused: "Approval refused",
    withdrawn: "Request for approval withdrawn",
  },
  token: {
    created: "Program token created",
    revoked: "Program token revoked",
  },
  settings: {
    changed: "Settings changed",
  },
  site: {
    created: "Site created",
    changed: "Site changed",
    removed: "Site removed",
    armed: "Site armed",
    disarmed: "Site disarmed",
  },
  device: {
    created: "Device added",
    changed: "Device changed",
    removed: "Device removed",
    enrolled: "Device enrolled",
    revoked: "Device revoked",
    reinstated: "Device let in again",
    pin_reset: "Pinned suite of a device reset",
    topics_changed: "Topics of a device changed",
    assigned: "Device assigned to a gateway",
    commanded: "Command sent",
    configured: "Device configured",
    quarantined: "Device quarantined",
    released: "Device released from quarantine",
    relearned: "What is usual for a device is learned anew",
  },
  credential: {
    created: "Credential created",
    revoked: "Credential revoked",
  },
  claim: {
    created: "Claim code created",
  },
  enrolment_group: {
    created: "Batch key created",
    closed: "Batch key closed",
  },
  key: {
    rotated: "Key rotated",
    destroyed: "Key destroyed",
  },
  channel_policy: {
    changed: "Rules of the secure channel changed",
  },
  readings: {
    decided: "Readings kept apart were decided",
    exported: "Readings exported",
  },
  meter_read: {
    requested: "Meter reading requested",
    cancelled: "Meter reading cancelled",
  },
  rule: {
    created: "Rule created",
    changed: "Rule changed",
    removed: "Rule removed",
  },
  alert: {
    handled: "Alert handled",
  },
  notification_channel: {
    created: "Notification channel created",
    changed: "Notification channel changed",
    removed: "Notification channel removed",
    tested: "Notification channel tested",
  },
  push_device: {
    added: "Push messages switched on in a browser",
    removed: "Push messages switched off in a browser",
  },
  message: {
    retried: "Message sent again",
  },
  board: {
    changed: "Board changed",
  },
  lab: {
    run: "Attack lab run",
  },
  camera: {
    viewed: "Camera watched live",
    changed: "Camera’s settings changed",
    source_changed: "Source of a camera changed",
  },
  detector: {
    added: "Detector added",
    changed: "Detector changed",
    removed: "Detector deleted",
  },
  recording: {
    sealed: "Recording sealed",
    viewed: "Recording watched",
    exported: "Recording exported",
    shared: "Recording shared",
    share_revoked: "Share of a recording revoked",
    policy_changed: "How much is recorded changed",
    erased: "Recordings erased",
    paused: "Recording paused",
    resumed: "Recording resumed",
  },
  case: {
    created: "Case opened",
    changed: "Case changed",
    exported: "Case exported",
    lent: "Case lent",
    lend_revoked: "Lending of a case ended",
  },
  clip: {
    fetched: "Recording asked of a camera’s own machine",
    verdict: "Verdict about a clip",
  },
  offsite: {
    target_created: "Place for copies of recordings added",
    target_changed: "Place for copies of recordings changed",
    target_removed: "Place for copies of recordings removed",
    target_tested: "Place for copies of recordings tested",
    copy_lost: "Copy of a recording lost or altered",
    copy_erased: "Copy of an erased recording deleted",
    inbox_created: "Inbox for copies added",
    inbox_changed: "Inbox for copies changed",
    inbox_removed: "Inbox for copies removed",
    copy_received: "Copy of a recording received",
    copy_removed: "Copy of a recording deleted by its sender",
    restored: "Recordings fetched back from copies",
  },
  demo: {
    changed: "Demo site changed",
  },
  ledger: {
    begun: "Log begun",
    exported: "Log exported",
    sealed: "Old entries sealed",
    seam_acknowledged: "Restart of the log acknowledged",
    witness_changed: "Witness changed",
    witness_refused: "Witness refused the log",
  },
  backup: {
    made: "Backup made",
  },
  recovery_kit: {
    made: "Recovery kit made",
  },
} as const;
