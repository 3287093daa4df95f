/**
 * Standard input, read no further than the lines that are asked for.
 *
 * @module
 */

const IS_WINDOWS = Deno.build.os === "windows";
const BUFFER_BYTES = 4_096;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NEVER = new Promise<never>(() => {});

/** What is typed, or comes from a pipe. What nobody reads is left to other programs. */
export class Keyboard implements Disposable {
  /** Whether there is a terminal at which somebody may type. */
  readonly isTerminal: boolean = Deno.stdin.isTerminal();
  #unread = new Uint8Array();
  #hasReturned = false;
  #isRaw = false;
  #onCancel = () => {};

  /**
   * Sets whether a terminal hands over each key as it is pressed and shows none of them. Ctrl-C and
   * Ctrl-Z stay signals, which the terminal sends to all the programs that it waits for: a program
   * that stopped only itself would leave those between it and the shell running.
   */
  setRaw(isRaw: boolean): void {
    if (!this.isTerminal) return;
    this.#isRaw = isRaw;
    Deno.stdin.setRaw(isRaw, { cbreak: isRaw && !IS_WINDOWS });
  }

  /** Ends a question. Between questions keys stay unseen, except on Windows, where Ctrl-C is one. */
  rest(): void {
    if (IS_WINDOWS) this.setRaw(false);
  }

  /** Sets the terminal up again after a shell had it for itself. */
  restore(): void {
    if (this.#isRaw) this.#trySetRaw(true);
  }

  /**
   * What comes next, up to the end of a line at most, which is a line feed or a carriage return.
   * Returns `undefined` at the end of input, and when cancelled.
   */
  read(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      this.#onCancel = () => resolve(undefined);
      this.#next().then(resolve, reject);
    });
  }

  /** Ends a pending read. */
  cancel(): void {
    this.#onCancel();
  }

  [Symbol.dispose](): void {
    this.cancel();
    if (this.#isRaw) this.#trySetRaw(false);
  }

  #trySetRaw(isRaw: boolean): void {
    try {
      this.setRaw(isRaw);
    } catch {
      // The terminal was closed.
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#unread.length === 0) {
      const bytes = await readSome();
      if (!bytes) return undefined;
      // The other half of a line's end.
      this.#unread = this.#hasReturned && bytes[0] === LINE_FEED ? bytes.subarray(1) : bytes;
      this.#hasReturned = false;
    }
    return this.#takeLine();
  }

  #takeLine(): Uint8Array {
    const end = this.#unread.findIndex(endsLine) + 1;
    const taken = this.#unread.subarray(0, end || this.#unread.length);
    const isReturn = taken.at(-1) === CARRIAGE_RETURN;
    const rest = this.#unread.subarray(taken.length);
    this.#unread = isReturn && rest[0] === LINE_FEED ? rest.subarray(1) : rest;
    this.#hasReturned = isReturn && rest.length === 0;
    return taken;
  }
}

/** Whether `byte` ends a line. */
export function endsLine(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/**
 * A terminal that was closed has no more input. What `nohup` puts in its place cannot be read: that
 * is no end, for then a client under `nohup` would end as soon as it serves.
 */
async function readSome(): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  const length = await Deno.stdin.read(buffer).catch((error) => isUnreadable(error) ? NEVER : null);
  return length === null ? undefined : buffer.subarray(0, length);
}

function isUnreadable(error: unknown): boolean {
  return (error as { code?: string }).code === "EBADF";
}
