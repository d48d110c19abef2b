import type { MorningSite } from "./ports.ts";

type MorningFigures = Pick<MorningSite, "people" | "mostAtOnce" | "alarms" | "others" | "open">;

/** Texts of messages to people, in English. `messages.fr.ts` has the same shape. */
export const en = {
  severity: { info: "Information", warning: "Warning", critical: "Critical" },
  subject: {
    raised: (rule: string, device: string) => `${rule}: ${device}`,
    repeated: (rule: string, device: string) => `Still open: ${rule}: ${device}`,
    escalated: (rule: string, device: string) => `Nobody has answered: ${rule}: ${device}`,
    resolved: (rule: string, device: string) => `Over: ${rule}: ${device}`,
  },
  where: (device: string, site: string) => `Device: ${device}, ${site}`,
  camera: (camera: string, site: string) => `Camera: ${camera}, ${site}`,
  seen: {
    line: (what: string) => `Seen: ${what}`,
    people: (count: number) => (count === 1 ? "1 person" : `${count} people at once`),
    sure: (what: string, ratio: string) => `${what}, ${ratio} sure`,
    motion: "motion",
    device: "something, by the camera itself",
  },
  zones: (zones: string) => `Zone: ${zones}`,
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
  announced: {
    "witness.refused": {
      subject: (name: string) => `The witness ${name} refuses the audit log`,
      line: "It says that this log is not the one it saw before: entries were cut off or rewritten, or an old backup was put back.",
    },
    "witness.silent": {
      subject: (name: string) => `The witness ${name} is silent`,
      line: "It has not cosigned the audit log for longer than allowed. Until it does, nobody else stands by what is logged.",
    },
    "witness.well": {
      subject: (name: string) => `The witness ${name} cosigns again`,
      line: "It cosigned the newest checkpoint of the audit log.",
    },
    "login.attacked": {
      subject: (name: string) =>
        name === "" ? "Somebody guesses passwords" : `Somebody guesses the password of ${name}`,
      line: "Gatehouse refuses and slows them, and lets those in who know their passwords. A second factor stops whoever guesses right.",
    },
  },
  summary: {
    subject: (count: number) =>
      count === 1 ? "One message in quiet hours" : `${count} messages in quiet hours`,
    more: (count: number) => `and ${count} more`,
  },
  morning: {
    subject: (date: string) => `Before the cameras on ${date}`,
    site: (site: string, { people, mostAtOnce, alarms, others, open }: MorningFigures) =>
      `${site}: ${people} with people${people === 0 ? "" : ` (${mostAtOnce} at once at most)`}, ${alarms} ${alarms === 1 ? "alarm" : "alarms"}, ${others} other ${others === 1 ? "event" : "events"}, ${open} not decided`,
    silent: (cameras: string) => `Without pictures for half an hour or longer: ${cameras}`,
    nothing: "No camera yet.",
  },
  push: {
    acknowledge: "Acknowledge",
    open: "Open",
    test: (label: string) => `This is a test. Messages arrive in "${label}".`,
  },
  test: {
    subject: "Test message",
    line: (channel: string) => `This is a test of the channel "${channel}". Messages arrive here.`,
  },
};

export type Messages = typeof en;
