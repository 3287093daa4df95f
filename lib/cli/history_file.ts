/**
 * The lines of a shell between its runs.
 *
 * @module
 */

import { dirname } from "@std/path";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { FileLock } from "../files/file_lock.ts";
import { realPathOf } from "../files/real_path.ts";
import { replaceFile } from "../files/replace_file.ts";
import { escapeText, isPrintable } from "../protocol/escape.ts";
import { HISTORY_LINES } from "./line_history.ts";

/** Lines that are kept when the file is full, so that it is not written whole for every further one. */
const KEPT_LINES = 900;

/** Longest line that is kept, in UTF-16 units: a longer one was pasted by mistake. */
const LINE_LENGTH = 4_096;

/** Most bytes that are read: all lines that are kept are fewer, in any language. */
const MOST_BYTES = 16 * 1_048_576;

/** How long to wait for another shell that writes, in milliseconds. */
const LOCK_MS = 2_000;

const PRIVATE = 0o600;

/**
 * A file of lines, the newest last, that only its owner may read. Several shells may add to it at
 * once. One that cannot be read or written is said once, and is no reason to stop.
 */
export class HistoryFile {
  readonly #path: string;
  readonly #onTrouble: (note: string) => void;
  #writing = Promise.resolve();
  #hasTrouble = false;

  /** @param onTrouble Hears why lines will not be there the next time. */
  constructor(path: string, onTrouble: (note: string) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
  }

  /** The lines of all runs before; none if they cannot be read. */
  async read(): Promise<string[]> {
    try {
      return linesOf(await this.#text()).slice(-HISTORY_LINES);
    } catch (error) {
      this.#tell("read", error);
      return [];
    }
  }

  /** Adds `line`, soon. */
  add(line: string): void {
    if (line.length > LINE_LENGTH || !isPrintable(line)) return;
    this.#writing = this.#writing.then(() => this.#append(line)).catch((error) => {
      this.#tell("write", error);
    });
  }

  /** Resolves when all lines are written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #append(line: string): Promise<void> {
    await Deno.mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    using lock = await FileLock.take(`${this.#path}-lock`, LOCK_MS);
    if (!lock) throw new BitTrickleError("disk", "another shell keeps writing it");
    const path = await realPathOf(this.#path);
    const text = await this.#text();
    await this.#keepPrivate();
    const lines = linesOf(text);
    if (lines.length >= HISTORY_LINES) {
      return await replaceFile(path, [...lines.slice(1 - KEPT_LINES), line, ""].join("\n"));
    }
    // A line that was cut off is left alone.
    const begin = text === "" || text.endsWith("\n") ? "" : "\n";
    const options = { append: true, create: true, mode: PRIVATE };
    await Deno.writeTextFile(path, `${begin}${line}\n`, options);
  }

  /** What it holds; what is no file of that size may have no end. */
  async #text(): Promise<string> {
    try {
      const { isFile, size } = await Deno.stat(this.#path);
      if (!isFile) throw new BitTrickleError("disk", "it is not a regular file");
      if (size > MOST_BYTES) throw new BitTrickleError("disk", "it is larger than 16 MiB");
      return await Deno.readTextFile(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** What was typed is nobody else's business, whoever made the file. */
  async #keepPrivate(): Promise<void> {
    if (Deno.build.os === "windows") return;
    const { mode } = await Deno.stat(this.#path).catch(() => ({ mode: PRIVATE }));
    if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(this.#path, PRIVATE);
  }

  #tell(what: string, error: unknown): void {
    if (this.#hasTrouble) return;
    this.#hasTrouble = true;
    const where = `the history in "${escapeText(this.#path)}"`;
    const reason = escapeText(reasonOf(error));
    this.#onTrouble(`Cannot ${what} ${where}: ${reason}; the shell goes on without it`);
  }
}

/** What somebody else wrote into the file that no line can be is left out. */
function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && isPrintable(line));
}
