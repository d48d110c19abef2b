import type { Logger } from "@gatehouse/base";
import type { Bus, BusMessages, BusSubject } from "@gatehouse/contract";

type Handler<S extends BusSubject> = (message: BusMessages[S]) => void;

/**
 * The in-process bus. Delivery is synchronous and in order, so a subscriber must be quick and keep its own
 * queue for slow work. What must survive a crash goes through a table in the same transaction instead.
 */
export function createBus(log: Logger): Bus {
  const handlers = new Map<BusSubject, Handler<never>[]>();
  return {
    publish(subject, message) {
      const list = handlers.get(subject) as Handler<typeof subject>[] | undefined;
      if (list === undefined) return;
      for (const handle of list) {
        try {
          handle(message);
        } catch (error) {
          log.error({ subject, err: error }, "bus.handler_failed");
        }
      }
    },
    subscribe(subject, handler) {
      // Copy on write: a handler may unsubscribe while a message is being delivered.
      handlers.set(subject, [...(handlers.get(subject) ?? []), handler as Handler<never>]);
      return () => {
        const rest = (handlers.get(subject) ?? []).filter((known) => known !== handler);
        handlers.set(subject, rest);
      };
    },
  };
}
