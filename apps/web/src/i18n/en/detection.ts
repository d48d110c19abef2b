export const detection = {
  title: "People",
  subtitle: "who or what is looked for",
  enabled: "Look for people",
  enabledHint: "A visit is one event. It is found on the machine that has the picture, when something moves.",
  detector: "Detector",
  unknownDetector: "A detector that is gone",
  leavesHouse: "Pictures of this camera are sent to the detector’s address.",
  notAsked:
    "Only this server asks a detector elsewhere, and pictures of this camera stay with its machine: the model that comes along looks in its place.",
  classes: "Looked for",
  classesNone: "Choose at least one class.",
  minScore: "From a score of",
  minScoreHint: "Lower finds more, and more that is nobody.",
  height: "Height",
  heights: "{least} to {most}",
  minHeight: "Least height",
  maxHeight: "Greatest height",
  heightHint: "Of the picture’s height; what is smaller or larger is left out.",
  minSeconds: "A visit lasts at least",
  endAfter: "It is over when nobody is seen for",
  arming: "Raises an alarm",
  armings: { always: "Always", schedule: "By schedule", site: "While the site is armed" },
  armingHint: {
    always: "Day and night.",
    schedule: "Within these times, and not outside. Events are kept all the same.",
    site: "The site is armed on the page of live pictures, or by a program.",
  },
  armingTimes: "Armed at these times",
  armingNone: "Add a time: without one it is never armed.",
  cooldown: "No other alarm for",
  picture: "Picture in messages",
  pictureOn:
    "Messages about alarms carry a picture. It leaves the house, to the services that your channels use.",
  pictureOff: "Messages carry words and a link for people who log in. No picture leaves the house.",
  place: {
    label: "Where it is recorded",
    server: "On this server",
    agent: "On its own machine, then here",
    agent_only: "On its own machine only",
    hint: {
      server: "Pictures come here as they are taken.",
      agent: "Its machine seals and signs what is recorded, and brings it here.",
      agent_only: "Its machine keeps it, and tells only what happened.",
    },
  },
  live: {
    boxes: "Boxes around what is found",
    agent: "Looked for at the camera’s own machine, which tells about once a second.",
    agentSilent: "Looked for at the camera’s own machine, which tells nothing now: there is no box to draw.",
  },
  view: {
    show: "Show what is found",
    saved: "Found with the saved settings; save to see the new ones at work.",
    off: "People are not looked for.",
    state: {
      off: "Nothing is looked for.",
      still: "Nothing moves; it looks now and then.",
      looking: "It is looking.",
      busy: "Other cameras are looked at first.",
      failed: "The detector fails.",
      no_picture: "No picture to look at.",
    },
    instead: {
      coming:
        "{wanted} is on its way to the device, {share} of it came. Until then the model that comes along looks.",
      damaged:
        "{wanted} did not come as it was uploaded; it is fetched again. The model that comes along looks in its place.",
      invalid: "The device cannot open {wanted}. The model that comes along looks in its place.",
      failed:
        "{wanted} fails on the device. The model that comes along looks in its place, and {wanted} is tried again later.",
      no_room: "The device has no room for {wanted}. The model that comes along looks in its place.",
      elsewhere:
        "{wanted} is elsewhere: only this server asks it, and pictures of this camera do not come here. The model that comes along looks in its place.",
    },
    pace: "{model}: {ms} ms a picture, {looks} pictures a second",
  },
};
