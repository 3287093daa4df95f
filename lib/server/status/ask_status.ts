/**
 * Asking a running server of this machine for its status.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { Status } from "./status.ts";
import type { StatusQuestion } from "./status_socket.ts";

/** Longest answer that is read, in bytes: some ten times as much as there is of the longest lists. */
const LONGEST_ANSWER = 16_777_216;

/** How long a server may take, in milliseconds: it answers between two of its slices of work. */
const PATIENCE_MS = 5_000;

/**
 * The status of the server that listens at `path`.
 *
 * @throws {BitTrickleError} `network` or `timeout` if none answers, `disk` if the file may not be used,
 * `malformed` if what answers is no server of this version
 */
export async function askStatus(path: string, patienceMs = PATIENCE_MS): Promise<Status> {
  const status = parse(await ask(path, "status", patienceMs));
  if (status?.v === 1 && status.type === "status") return status as Status;
  const message = `What answers at "${escapeText(path)}" is no BitTrickle server of this version`;
  throw new BitTrickleError("malformed", message);
}

/**
 * The metrics of the server that listens at `path`, in the text format of Prometheus.
 *
 * @throws {BitTrickleError} `network` or `timeout` if none answers, `disk` if the file may not be used
 */
export async function askMetrics(path: string): Promise<string> {
  return await ask(path, "metrics", PATIENCE_MS);
}

async function ask(path: string, question: StatusQuestion, patienceMs: number): Promise<string> {
  try {
    using connection = await Deno.connect({ transport: "unix", path });
    const answer = await withTimeout(exchange(connection, question), patienceMs);
    if (answer !== undefined) return answer;
  } catch (error) {
    throw unanswered(path, error);
  }
  throw new BitTrickleError("timeout", `No answer from the server at "${escapeText(path)}"`);
}

async function exchange(connection: Deno.Conn, question: StatusQuestion): Promise<string> {
  await connection.write(new TextEncoder().encode(`${question}\n`));
  return await readAll(connection);
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < LONGEST_ANSWER) {
    const length = await connection.read(buffer);
    if (length === null) break;
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return text;
}

function parse(text: string): Partial<Status> | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function unanswered(path: string, cause: unknown): BitTrickleError {
  const where = `at "${escapeText(path)}"`;
  if (cause instanceof Deno.errors.PermissionDenied) {
    const advice = "only the user that runs it may, as with sudo -u";
    return new BitTrickleError("disk", `Cannot ask the server ${where}: ${advice}`, { cause });
  }
  const isThere = !(cause instanceof Deno.errors.NotFound) &&
    !(cause instanceof Deno.errors.ConnectionRefused);
  const advice = "name its data file with --data, or its socket with --status-socket";
  const fault = cause instanceof TypeError ? "its path is too long" : reasonOf(cause);
  const reason = isThere ? fault : `no server runs there; ${advice}`;
  return new BitTrickleError("network", `Cannot ask a server ${where}: ${reason}`, { cause });
}
