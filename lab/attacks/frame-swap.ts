import { type Attack, given } from "../attack.ts";
import { newestOf, pictureOf } from "../site/camera.ts";
import { ChannelCamera } from "../site/channel-camera.ts";
import { ClipFiles, chunksIn, play, recordClip } from "../site/clips.ts";
import { enrolDevice, eventually, outcome } from "../site/device.ts";
import { logInAs } from "../site/visitor.ts";

const VAULT = "somebody at the vault";
const CORRIDOR = "the quiet corridor";

export const frameSwap: Attack = {
  name: "frame-swap",
  control: "frameScope",
  texts: {
    en: {
      title: "One camera's picture as another's",
      what: "Somebody has opened the camera of a corridor where nothing ever happens, and has its good keys. Its pictures are sent as those of the vault's camera, and, with the disk in hand, put in the place of what the vault's camera recorded.",
      steps: [
        "Both cameras show what they see",
        "Send the corridor's picture in the vault's name",
        "Put the corridor's recording in the place of the vault's",
      ],
      control: "Whose camera a frame is of",
      measured: "The newest picture of the vault's camera is the corridor's.",
    },
    fr: {
      title: "L’image d’une caméra pour celle d’une autre",
      what: "Quelqu’un a ouvert la caméra d’un couloir où il ne se passe jamais rien, et possède ses bonnes clés. Ses images partent au nom de la caméra du coffre et, le disque en main, prennent la place de ce que celle-ci a enregistré.",
      steps: [
        "Les deux caméras montrent ce qu’elles voient",
        "Envoyer l’image du couloir au nom du coffre",
        "Mettre l’enregistrement du couloir à la place de celui du coffre",
      ],
      control: "À quelle caméra appartient une image",
      measured: "L’image la plus récente de la caméra du coffre est celle du couloir.",
    },
  },
  async run(site, report) {
    const [vault, corridor] = [await enrolDevice(site, "esp32-cam"), await enrolDevice(site, "esp32-cam")];
    const owner = await logInAs(site, await site.addPerson("owner"));
    const [own, foreign] = [
      await recordClip(site, vault.device, { shows: VAULT, pictures: 3 }),
      await recordClip(site, corridor.device, { shows: CORRIDOR, pictures: 3 }),
    ];
    report.step(0);
    const victim = await ChannelCamera.open(site.url, vault.identity);
    victim.send(pictureOf(VAULT));
    const seen = await eventually(
      () => newestOf(owner, vault.device),
      (shown) => shown === VAULT,
    );
    given(seen === VAULT, "the vault is seen");
    report.site(`the newest picture of ${vault.device.name}: ${seen}`);
    report.step(1);
    const attacker = await ChannelCamera.open(site.url, corridor.identity);
    attacker.send(pictureOf(CORRIDOR), vault.device.id);
    const shown = await outcome(
      site.controls.frameScope,
      () => newestOf(owner, vault.device),
      (newest) => newest === CORRIDOR,
    );
    const answer = attacker.refusals().join() || "taken";
    report.attacker(`${corridor.device.name} sends a frame of ${vault.device.name}: ${answer}`);
    report.site(`the newest picture of ${vault.device.name}: ${shown}`);
    for (const camera of [victim, attacker]) camera.close();
    report.step(2);
    const [ours, theirs] = [await ClipFiles.of(site, own), await ClipFiles.of(site, foreign)];
    const [file, key] = [await ours.read(), await ours.readKey()];
    const source = await theirs.read();
    const [to, from] = [chunksIn(file)[0], chunksIn(source)[0]];
    given(
      to !== undefined && from !== undefined && to.end === from.end,
      "the chunks are as long as each other",
    );
    const patched = Buffer.from(file);
    source.copy(patched, to?.start ?? 0, from?.start, from?.end);
    await ours.write(patched);
    const chunk = await play(owner, own);
    report.attacker(`a chunk of ${corridor.device.name} in the vault's file: ${chunk}`);
    await ours.write(source);
    await ours.writeKey(await theirs.readKey());
    const whole = await play(owner, own);
    report.attacker(`both files of ${corridor.device.name} in the vault's place: ${whole}`);
    await ours.write(file);
    await ours.writeKey(key);
    const again = await play(owner, own);
    given(Array.isArray(again) && again.every((text) => text.startsWith(VAULT)), "what was recorded is seen");
    given(
      chunk === "segment.damaged" && whole === "segment.damaged",
      "sealed pictures open in their own place",
    );
    return {
      succeeded: shown === CORRIDOR,
      evidence: { answer, shown, chunk: String(chunk), whole: String(whole) },
    };
  },
};
