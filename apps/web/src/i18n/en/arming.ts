export const arming = {
  site: "Whether {name} is armed",
  armed: "{name}: armed",
  disarmed: "{name}: disarmed",
  until: "until {time}",
  by: "by {name}, {time}",
  arm: "Arm",
  disarm: "Disarm",
  forGood: "Until somebody changes it",
  forHours: "For {count, plural, one {# hour} other {# hours}}",
};
