/**
 * A file for the lines of a log.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { TornWrite } from "./log_gap.ts";

const NEWLINE = new Uint8Array([0x0a]);

/** What the system gives a program for its own output has a reader. */
const OWN_OUTPUT = /^\/(dev|proc)\//;

/** Appends to a file. It is opened anew when told, as after somebody has given it another name. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #mode: number;
  #file: Deno.FsFile;
  /** Ends when nothing is being written. */
  #writing: Promise<void> = Promise.resolve();
  /** Whether the file ends in a line that is not whole, as a disk that was full leaves it. */
  #isTorn = false;

  /**
   * @param mode Of a file that is not there yet
   * @throws {BitTrickleError} `disk`
   */
  constructor(path: string, mode: number) {
    this.#path = path;
    this.#mode = mode;
    this.#file = open(path, mode);
  }

  /**
   * Appends `lines`, which stay as they are until the returned promise is done.
   *
   * @throws {TornWrite}
   */
  append(lines: Uint8Array): Promise<void> {
    const writing = this.#writing.then(() => this.#write(lines));
    this.#writing = writing.catch(() => {});
    return writing;
  }

  /**
   * Opens the file of its name, which may be a new one. If that fails the old one is written on.
   *
   * @throws {BitTrickleError} `disk`
   */
  reopen(): void {
    const old = this.#file;
    this.#file = open(this.#path, this.#mode);
    this.#writing = this.#writing.then(() => old.close());
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  async #write(lines: Uint8Array): Promise<void> {
    const file = this.#file;
    if (this.#isTorn) await file.write(NEWLINE);
    let done = 0;
    try {
      while (done < lines.length) done += await file.write(lines.subarray(done));
    } catch (cause) {
      throw new TornWrite(done, cause);
    } finally {
      this.#isTorn = done > 0 && done < lines.length;
    }
  }
}

function open(path: string, mode: number): Deno.FsFile {
  if (isNamedPipe(path)) throw cannotWrite(path, "it is a named pipe; name a file");
  try {
    return Deno.openSync(path, { append: true, create: true, mode });
  } catch (cause) {
    throw cannotWrite(path, reasonOf(cause), cause);
  }
}

/** To open one waits for a reader, and the whole server with it. */
function isNamedPipe(path: string): boolean {
  try {
    return Deno.statSync(path).isFifo === true && !OWN_OUTPUT.test(path);
  } catch {
    return false; // Opening it tells what is wrong.
  }
}

function cannotWrite(path: string, reason: string, cause?: unknown): BitTrickleError {
  const message = `Cannot write the log "${escapeText(path)}": ${escapeText(reason)}`;
  return new BitTrickleError("disk", message, { cause });
}
