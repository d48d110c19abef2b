/**
 * A value that must not reach a log, an error or a reply. Prints as `[secret]` everywhere and is an
 * object, so comparing two of them with `===` is a type error away from being useful; ask `reveal()`.
 */
export class Secret<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
