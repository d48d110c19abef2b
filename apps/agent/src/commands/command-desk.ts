import type { Clock, Logger } from "@gatehouse/base";
import type { CommandJson } from "@gatehouse/device-client";
import type { AgentConfig } from "../config/schema.ts";
import { faultOf } from "../sensors/files.ts";
import { switchLed } from "../sensors/leds.ts";
import type { Machine } from "../sensors/sensor.ts";
import type { CommandJournal, JournalEntry } from "./journal.ts";
import { runAllowed } from "./run-allowed.ts";

export interface CommandDeskParts {
  readonly config: Pick<AgentConfig, "commands" | "ledControl">;
  readonly machine: Machine;
  readonly journal: CommandJournal;
  readonly clock: Clock;
  readonly log: Logger;
  /** The server's clock as far as it is known, Unix ms. */
  readonly serverNowMs: () => number;
  /** Sends one answer; resolves once the server has it. */
  readonly answer: (id: string, answer: { ok: boolean; reason: string }) => Promise<void>;
  /** An event for the server's log of the device. */
  readonly report: (type: string, data: object) => void;
  /** An LED changed: the next measurement is due now. */
  readonly changed: () => void;
}

/** Commands that wait for the one that runs; more are refused. */
const MAX_WAITING = 16;

/** Takes commands one at a time, does what the machine's owner allowed, and answers each until the server has it. */
export class CommandDesk {
  readonly #parts: CommandDeskParts;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #answering: Promise<void> = Promise.resolve();

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
  }

  /** Never rejects: what goes wrong is the command's answer. */
  take(command: CommandJson): Promise<void> {
    this.#waiting++;
    const mine = this.#turn.then(async () => {
      this.#waiting--;
      await this.#handle(command);
    });
    this.#turn = mine.catch((error: unknown) =>
      this.#parts.log.error({ commandId: command.id, reason: faultOf(error) }, "command.not_kept"),
    );
    return this.#turn as Promise<void>;
  }

  /** Sends what was not acknowledged: after each command and on each new connection. */
  sendAnswers(): Promise<void> {
    this.#answering = this.#answering.then(() => this.#sendAll());
    return this.#answering;
  }

  async #handle(command: CommandJson): Promise<void> {
    const { journal, log } = this.#parts;
    const known = journal.find(command.id);
    if (known !== undefined) {
      // The server asks again when it did not hear the answer.
      await journal.put({ ...known, answered: false });
      return this.sendAnswers();
    }
    await journal.put({ id: command.id, answered: false });
    const answer = await this.#obey(command).catch((error: unknown) => no(faultOf(error)));
    log.info({ commandId: command.id, command: command.command, ...answer }, "command.answered");
    await journal.put({ id: command.id, answer, answered: false });
    await this.sendAnswers();
  }

  #obey({ command, params, expires }: CommandJson): Promise<{ ok: boolean; reason: string }> {
    if (this.#waiting >= MAX_WAITING) return Promise.resolve(no("too many commands at once"));
    if (expires !== undefined && expires <= this.#parts.serverNowMs()) return Promise.resolve(no("expired"));
    const { name, on } = params;
    if (typeof name !== "string") return Promise.resolve(no("a name is missing"));
    if (command === "led" && typeof on === "boolean") return this.#led(name, on);
    return command === "run" ? this.#run(name) : Promise.resolve(no("unknown command"));
  }

  async #led(name: string, on: boolean): Promise<{ ok: boolean; reason: string }> {
    if (!this.#parts.config.ledControl.includes(name))
      return no("not allowed by this machine's configuration");
    if (!(await switchLed(this.#parts.machine, name, on))) return no("absent: no LED of this name");
    this.#parts.changed();
    return { ok: true, reason: on ? "on" : "off" };
  }

  async #run(name: string): Promise<{ ok: boolean; reason: string }> {
    const { config, clock, report } = this.#parts;
    const command = Object.hasOwn(config.commands, name) ? config.commands[name] : undefined;
    if (command === undefined) return no("not allowed by this machine's configuration");
    const { output, truncated, ...answer } = await runAllowed(command, clock);
    if (output !== "") report("command.output", { command: name, output, truncated });
    return answer;
  }

  async #sendAll(): Promise<void> {
    const { journal, answer, log } = this.#parts;
    for (const entry of journal.unanswered) {
      try {
        await answer(entry.id, entry.answer as NonNullable<JournalEntry["answer"]>);
      } catch (error) {
        log.debug({ commandId: entry.id, reason: faultOf(error) }, "command.answer_waits");
        return;
      }
      await journal.put({ ...entry, answered: true });
    }
  }
}

const no = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
