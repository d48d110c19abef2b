import { type Attack, given } from "../attack.ts";
import { newestOf, pictureOf } from "../site/camera.ts";
import { ChannelCamera, standOnLine } from "../site/channel-camera.ts";
import { enrolDevice, eventually, outcome } from "../site/device.ts";
import { logInAs } from "../site/visitor.ts";

const EMPTY = "the yard is empty";
const TAKEN = "somebody carries the bicycle away";

export const frameReplay: Attack = {
  name: "frame-replay",
  control: "sessionWindow",
  texts: {
    en: {
      title: "Show an old picture again",
      what: "A thief holds the line between a camera and the site. The pictures are sealed and cannot be read or made there, but one of them, of the empty yard, was kept, and is sent again while the bicycle is carried away.",
      steps: ["Keep a picture of the empty yard", "The bicycle is taken", "Send the kept message again"],
      control: "Messages of a session once",
      measured: "The newest picture of the camera shows the empty yard.",
    },
    fr: {
      title: "Montrer encore une vieille image",
      what: "Un voleur tient la ligne entre une caméra et le site. Les images y sont scellées : on ne peut ni les lire ni en fabriquer. Mais l’une d’elles, de la cour vide, a été gardée et repart pendant qu’on emporte le vélo.",
      steps: ["Garder une image de la cour vide", "On prend le vélo", "Renvoyer le message gardé"],
      control: "Messages d’une session, une seule fois",
      measured: "L’image la plus récente de la caméra montre la cour vide.",
    },
  },
  async run(site, report) {
    const { device, identity } = await enrolDevice(site, "esp32-cam");
    const owner = await logInAs(site, await site.addPerson("owner"));
    const thief = await standOnLine(site.url);
    try {
      const camera = await ChannelCamera.open(thief.url, identity);
      const shows = (text: string) =>
        eventually(
          () => newestOf(owner, device),
          (seen) => seen === text,
        );
      report.step(0);
      camera.send(pictureOf(EMPTY));
      given((await shows(EMPTY)) === EMPTY, "what a camera sends in its session is seen");
      const recorded = thief.kept.at(-1) as Buffer;
      given(!recorded.includes(EMPTY), "the line carries nothing legible");
      report.attacker(`keeps a message of ${recorded.length} bytes, cannot read it`);
      report.step(1);
      camera.send(pictureOf(TAKEN));
      given((await shows(TAKEN)) === TAKEN, "the site sees the thief");
      report.site(`the newest picture: ${TAKEN}`);
      report.step(2);
      thief.sendAgain(recorded);
      report.attacker("sends the kept message again on the camera's own connection");
      const seen = await outcome(
        site.controls.sessionWindow,
        () => newestOf(owner, device),
        (newest) => newest === EMPTY,
      );
      report.site(`the newest picture: ${seen}`);
      camera.close();
      return { succeeded: seen === EMPTY, evidence: { messageBytes: recorded.length, seen } };
    } finally {
      thief.close();
    }
  },
};
