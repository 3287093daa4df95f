/**
 * Telling the status of a server to other programs of its user: a socket in a file that nobody else may
 * open. A line that says `status` is answered by one of JSON, one that says `metrics` by those.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { basename, dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText, toJsonLine } from "../../protocol/escape.ts";
import type { StatusSource } from "./status.ts";

/** What may be asked. */
export type StatusQuestion = "status" | "metrics";

/** What answers. */
type Told = Pick<StatusSource, StatusQuestion>;

/** Longest line that is read, in bytes. */
const LONGEST_REQUEST = 64;

/** How long a program may take to ask and to take the answer, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Programs that are answered at once; more are turned away, as descriptors are needed elsewhere. */
const MOST_AT_ONCE = 16;

/** A pause after an accept that failed, so that a system in trouble does not keep a core busy. */
const ACCEPT_ERROR_MS = 100;

/** Answers at a socket until it is disposed of, which takes the file away. */
export class StatusSocket implements AsyncDisposable {
  readonly #path: string;
  readonly #listener: Deno.UnixListener;
  readonly #source: Told;
  readonly #identity: string;
  readonly #connections = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;
  #isClosed = false;

  private constructor(
    path: string,
    listener: Deno.UnixListener,
    source: Told,
    identity: string,
  ) {
    this.#path = path;
    this.#listener = listener;
    this.#source = source;
    this.#identity = identity;
    this.#serving = this.#serve();
  }

  /**
   * Listens at `path`. A socket there that no server listens at is replaced, and nothing else.
   *
   * @throws {BitTrickleError} `exists` if something else is there, `disk` if it cannot be made
   */
  static async open(path: string, source: Told): Promise<StatusSocket> {
    await assertFree(path);
    try {
      const listener = await listenPrivately(path);
      return new StatusSocket(path, listener, source, await identityOf(path));
    } catch (cause) {
      // The runtime says so in an error of its own.
      const reason = cause instanceof TypeError ? "its path is too long" : reasonOf(cause);
      throw cannot("disk", path, `${reason}; --status-socket FILE names another one`, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#serving;
    const isOwn = await identityOf(this.#path).then((it) => it === this.#identity, () => false);
    if (isOwn) await Deno.remove(this.#path).catch(() => {});
  }

  async #serve(): Promise<void> {
    const answering = new Set<Promise<void>>();
    while (!this.#isClosed) {
      const connection = await this.#accept();
      if (!connection) continue;
      if (this.#isClosed || answering.size >= MOST_AT_ONCE) {
        close(connection);
        continue;
      }
      const done = this.#answer(connection).finally(() => answering.delete(done));
      answering.add(done);
    }
    await Promise.all(answering);
  }

  async #accept(): Promise<Deno.Conn | undefined> {
    try {
      return await this.#listener.accept();
    } catch {
      // Out of file descriptors, most likely: the next connection that ends frees one.
      if (!this.#isClosed) await delay(ACCEPT_ERROR_MS);
    }
  }

  /** What goes wrong with one program is not the server's fault. */
  async #answer(connection: Deno.Conn): Promise<void> {
    this.#connections.add(connection);
    const timer = setTimeout(() => close(connection), PATIENCE_MS);
    try {
      const request = await readLine(connection);
      await writeAll(connection, await this.#answerTo(request));
    } catch {
      // It has left, or took too long.
    }
    clearTimeout(timer);
    this.#connections.delete(connection);
    close(connection);
  }

  async #answerTo(request: string): Promise<string> {
    switch (request) {
      case "status":
        return `${toJsonLine(this.#source.status())}\n`;
      case "metrics":
        return await this.#source.metrics();
    }
    return `${toJsonLine({ v: 1, type: "error", message: "there is no such question" })}\n`;
  }
}

/**
 * A listener at `path` whose socket was never open to others: it is made in a folder that nobody else
 * may enter, and moved when its mode is right.
 */
async function listenPrivately(path: string): Promise<Deno.UnixListener> {
  const folder = await Deno.makeTempDir({ dir: dirname(path), prefix: ".status-" });
  try {
    const made = join(folder, "s");
    const listener = Deno.listen({ transport: "unix", path: made });
    try {
      await Deno.chmod(made, 0o600);
      await Deno.rename(made, path);
      return listener;
    } catch (error) {
      listener.close();
      throw error;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function assertFree(path: string): Promise<void> {
  const there = await Deno.lstat(path).catch(() => undefined);
  if (!there) return;
  if (!there.isSocket) {
    const advice = `--status-socket FILE names another than ${escapeText(basename(path))}`;
    throw cannot("exists", path, `it is there, and no socket; ${advice}`);
  }
  const isAlive = await Deno.connect({ transport: "unix", path }).then((it) => {
    it.close();
    return true;
  }, (error) => !(error instanceof Deno.errors.ConnectionRefused));
  if (isAlive) throw cannot("exists", path, "another server listens there");
}

async function identityOf(path: string): Promise<string> {
  const { dev, ino } = await Deno.lstat(path);
  return `${dev} ${ino}`;
}

async function readLine(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(LONGEST_REQUEST);
  let text = "";
  while (!text.includes("\n") && text.length < LONGEST_REQUEST) {
    const length = await connection.read(buffer);
    if (length === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return text.split("\n")[0]!;
}

async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}

function cannot(
  code: "disk" | "exists",
  path: string,
  reason: string,
  cause?: unknown,
): BitTrickleError {
  const message = `Cannot tell the status at "${escapeText(path)}": ${reason}`;
  return new BitTrickleError(code, message, { cause });
}
