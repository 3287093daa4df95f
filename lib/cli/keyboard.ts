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

/** Ctrl-C and Ctrl-Z as a terminal sends them that makes no signals of them. */
const INTERRUPT = 0x03;
const SUSPEND = 0x1a;

/** More than anybody pastes while a command runs. What comes then waits in the terminal. */
const MOST_UNREAD = 1_048_576;

/** What hears of keys while nobody asks for a line. */
export interface WatchedKeys {
  readonly onInterrupt: () => void;
  readonly onSuspend: () => void;
}

/** How a terminal hands over what is typed: by the line, by the key, and Ctrl-C and Ctrl-Z as keys. */
type Mode = "lines" | "keys" | "all keys";

/** What is typed, or comes from a pipe. What nobody reads is left to other programs. */
export class Keyboard implements Disposable {
  /** Whether there is a terminal at which somebody may type. */
  readonly isTerminal: boolean = Deno.stdin.isTerminal();
  #unread = new Uint8Array();
  /** The one read that is under way. */
  #filling: Promise<void> | undefined;
  #hasEnded = false;
  #hasReturned = false;
  #mode: Mode = "lines";
  #watched: WatchedKeys | undefined;
  /** Whether a question is asked, which all keys are for. */
  #isAsking = false;
  #onCancel = () => {};

  /**
   * Sets whether a terminal hands over each key as it is pressed and shows none of them. Ctrl-C and
   * Ctrl-Z stay signals, which the terminal sends to all the programs that it waits for: a program
   * that stopped only itself would leave those between it and the shell running.
   */
  setRaw(isRaw: boolean): void {
    this.#isAsking = isRaw;
    this.#set(isRaw ? "keys" : "lines");
  }

  /**
   * Ends a question. Between questions keys stay unseen, except on Windows, where Ctrl-C is one. Those
   * that are watched are heard of again.
   */
  rest(): void {
    this.#isAsking = false;
    if (this.#watched) this.#hear(this.#watched);
    else if (IS_WINDOWS) this.setRaw(false);
  }

  /** Sets the terminal up again after a shell had it for itself. */
  restore(): void {
    this.#trySet(this.#mode);
  }

  /** Hears of Ctrl-C and Ctrl-Z until disposed of; what else is typed is kept for {@linkcode read}. */
  watch(keys: WatchedKeys): Disposable {
    this.#watched = keys;
    this.#hear(keys);
    return {
      [Symbol.dispose]: () => {
        if (this.#watched !== keys) return; // The terminal is as it was before all questions.
        this.#watched = undefined;
        this.#trySet("keys");
        this.rest();
      },
    };
  }

  /**
   * What comes next, up to the end of a line at most, which is a line feed or a carriage return.
   * Returns `undefined` at the end of input, and when cancelled.
   */
  read(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      let isCancelled = false;
      this.#onCancel = () => {
        isCancelled = true;
        resolve(undefined);
      };
      // What comes later is left to whoever reads then.
      this.#next(() => isCancelled).then(resolve, reject);
    });
  }

  /** Ends a pending read. */
  cancel(): void {
    this.#onCancel();
  }

  [Symbol.dispose](): void {
    this.#watched = undefined;
    this.cancel();
    if (this.#mode !== "lines") this.#trySet("lines");
  }

  #set(mode: Mode): void {
    if (!this.isTerminal) return;
    this.#mode = mode;
    Deno.stdin.setRaw(mode !== "lines", { cbreak: mode === "keys" && !IS_WINDOWS });
  }

  #trySet(mode: Mode): void {
    try {
      this.#set(mode);
    } catch {
      // The terminal was closed.
    }
  }

  #hear(keys: WatchedKeys): void {
    this.#trySet("all keys");
    this.#keepReading(keys).catch(() => {}); // The next read tells.
  }

  /** Reads on until a question is asked, which reads by itself. */
  async #keepReading(keys: WatchedKeys): Promise<void> {
    this.#unread = this.#hearIn(this.#unread);
    while (this.#watched === keys && !this.#isAsking && !this.#hasEnded) {
      if (this.#unread.length >= MOST_UNREAD) return this.#trySet("keys"); // Ctrl-C stays a signal.
      await this.#fill();
    }
  }

  async #next(isCancelled: () => boolean): Promise<Uint8Array | undefined> {
    while (this.#unread.length === 0) {
      if (this.#hasEnded) return undefined;
      await this.#fill();
    }
    return isCancelled() ? undefined : this.#takeLine();
  }

  #fill(): Promise<void> {
    return this.#filling ??= readSome().then((bytes) => this.#take(bytes)).finally(() => {
      this.#filling = undefined;
    });
  }

  #take(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    if (!bytes) return void (this.#hasEnded = true);
    // The other half of a line's end.
    const isHalf = this.#hasReturned && this.#unread.length === 0 && bytes[0] === LINE_FEED;
    if (this.#unread.length === 0 && bytes.length > 0) this.#hasReturned = false;
    this.#unread = this.#hearIn(joined(this.#unread, isHalf ? bytes.subarray(1) : bytes));
  }

  /** Tells of the keys in `bytes` that are watched. Returns the rest: Ctrl-C makes void what came before. */
  #hearIn(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const keys = this.#watched;
    if (!keys || this.#isAsking) return bytes;
    const interrupted = bytes.lastIndexOf(INTERRUPT);
    const rest = bytes.subarray(interrupted + 1);
    const kept = rest.filter((byte) => byte !== SUSPEND);
    if (interrupted >= 0) keys.onInterrupt();
    else if (kept.length < rest.length) keys.onSuspend();
    return kept;
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

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
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
