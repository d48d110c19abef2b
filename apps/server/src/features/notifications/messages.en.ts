/** Texts of messages to people, in English. `messages.fr.ts` has the same shape. */
export const en = {
  severity: { info: "Information", warning: "Warning", critical: "Critical" },
  subject: {
    raised: (rule: string, device: string) => `${rule}: ${device}`,
    repeated: (rule: string, device: string) => `Still open: ${rule}: ${device}`,
    resolved: (rule: string, device: string) => `Over: ${rule}: ${device}`,
  },
  where: (device: string, site: string) => `Device: ${device}, ${site}`,
  value: (metric: string, value: string) => `Measured: ${metric} = ${value}`,
  condition: {
    above: (limit: string) => `Rule: above ${limit}`,
    below: (limit: string) => `Rule: below ${limit}`,
    outside: (lower: string, upper: string) => `Rule: outside ${lower} to ${upper}`,
    rises: (perMinute: string) => `Rule: rises by ${perMinute} a minute or more`,
    falls: (perMinute: string) => `Rule: falls by ${perMinute} a minute or more`,
    silence: (duration: string) => `Rule: nothing heard for ${duration}`,
    state: (metric: string, value: string) => `Rule: ${metric} is ${value}`,
  },
  raised: (time: string) => `Since: ${time}`,
  resolved: (time: string) => `Over: ${time}`,
  truth: { true: "on", false: "off" },
  test: {
    subject: "Test message",
    line: (channel: string) => `This is a test of the channel "${channel}". Messages arrive here.`,
  },
  failure: {
    auth_refused: "The other side refuses the credentials.",
    target_gone: "The address does not exist there (any more).",
    recipient_refused: "The recipient is refused.",
    rejected: "The other side refuses the message.",
    redirected: "The other side points to another address; Gatehouse does not follow.",
    rate_limited: "The other side asks to send more slowly.",
    server_error: "The other side has a problem of its own.",
    unreachable: "No connection to the other side.",
    timeout: "The other side does not answer in time.",
    tls_failed: "The secure connection fails: the certificate is not accepted.",
    address_forbidden: "Gatehouse does not call this address.",
    secret_unreadable: "The stored credentials cannot be opened with the key of this installation.",
    internal: "Something failed inside Gatehouse.",
    channel_deleted: "The channel was deleted.",
    channel_off: "The channel is switched off.",
    no_channel: "No channel is set up yet.",
    cap_channel: "The channel's limit for today is reached.",
    cap_kind: "The installation's limit for today is reached.",
    cap_recipient: "The recipient's limit for today is reached.",
  },
  sent: (channel: string, recipient: string) => `${channel}: ${recipient}`,
  tested: (recipients: number) => (recipients === 1 ? "Sent." : `Sent to ${recipients} recipients.`),
};

export type Messages = typeof en;
export type FailureText = keyof Messages["failure"];
