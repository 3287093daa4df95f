/**
 * Where the client's user name and password come from, and what happens until they are right.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import { ACTIVE_MS } from "../protocol/limits.ts";
import { credentialFault } from "../protocol/names.ts";
import type { Output } from "./output.ts";
import type { Terminal } from "../cli/terminal.ts";
import { givenPassword } from "../cli/password.ts";
import { withoutMark } from "../files/text_file.ts";
import type { ClientFlags } from "./flags.ts";

const TOO_SHORT = "The input ended before a user name and a password came";
const UNUSED = "; BITTRICKLE_PASSWORD counts together with --user NAME";

/** How often to ask again for a user who is still active, in milliseconds. */
const STILL_ACTIVE_RETRY_MS = 500;

/** Who wants to log in, as far as the caller knows. */
export interface KnownCredentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/**
 * What is known before anything is asked.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function knownCredentials(
  { user, passwordFile }: ClientFlags,
): Promise<KnownCredentials> {
  const password = await givenPassword(passwordFile);
  const isScript = user === undefined && !Deno.stdin.isTerminal();
  if (!isScript || passwordFile === undefined) return { user, password };
  const reason = "in a script it is not clear whose password it is: add --user NAME";
  throw new BitTrickleError("usage", `Cannot use --password-file: ${reason}`);
}

/**
 * Makes sure that nothing has to be asked for: a service has nobody who answers.
 *
 * @throws {BitTrickleError} `usage`
 */
export function assertUnattended({ user, password }: KnownCredentials): void {
  if (user !== undefined && password !== undefined) return;
  const how = "add --user NAME, and --password-file FILE or BITTRICKLE_PASSWORD";
  throw new BitTrickleError("usage", `share reads nothing from its input: ${how}`);
}

/** How {@linkcode logIn} asks. */
export interface LoginOptions {
  /** Whether a refused login is asked for again, as a shell does. */
  readonly repeat: boolean;
  readonly signal: AbortSignal;
}

/**
 * Logs `peer` in, asking for what is not known.
 *
 * @throws {BitTrickleError} `usage` if the input ends before the answers, `login_refused` or
 * `already_active` if there is nothing to ask again, else what {@linkcode Peer.logIn} throws
 */
export async function logIn(
  peer: Peer,
  known: KnownCredentials,
  terminal: Terminal,
  output: Output,
  { repeat, signal }: LoginOptions,
): Promise<void> {
  const sure = belongingTogether(known, terminal);
  const isAsked = sure.user === undefined || sure.password === undefined;
  const unused = sure.password === known.password ? "" : UNUSED;
  let refusal: BitTrickleError | undefined;
  for (;;) {
    const asking = { refusal, unused };
    const user = sure.user ?? await askUser(terminal, output, signal, asking);
    const hidden = { ...asking, hidden: true };
    // What was refused once is not tried with every other name.
    const password = (refusal ? undefined : sure.password) ??
      await ask(terminal, "Enter password: ", signal, hidden);
    try {
      const enter = () => peer.logIn(user, password);
      const isPatient = !isAsked || !repeat;
      return await (isPatient ? whenFree(enter, signal) : enter());
    } catch (error) {
      if (!isRefusal(error) || !repeat || !isAsked) throw error;
      refusal = error;
      tell(output, error);
    }
  }
}

/**
 * Asks for what is not known of the user and the present password.
 *
 * @throws {BitTrickleError} `usage` if the input ends before the answers, `interrupted`
 */
export async function askCredentials(
  known: KnownCredentials,
  terminal: Terminal,
  output: Output,
  signal: AbortSignal,
): Promise<{ readonly user: string; readonly password: string }> {
  const sure = belongingTogether(known, terminal);
  const asking = { refusal: undefined, unused: sure.password === known.password ? "" : UNUSED };
  const user = sure.user ?? await askUser(terminal, output, signal, asking);
  const password = sure.password ??
    await ask(terminal, "Current password: ", signal, { ...asking, hidden: true });
  return { user, password };
}

/**
 * A script that names its user in its input names the password in the next line, whatever stands in
 * the environment: else that line would be run as a command, and shown.
 */
function belongingTogether(known: KnownCredentials, terminal: Terminal): KnownCredentials {
  const isScript = known.user === undefined && !terminal.isInteractive;
  return isScript ? { user: undefined, password: undefined } : known;
}

interface Asking {
  readonly hidden?: boolean;
  /** What to say of a password that did not count. */
  readonly unused: string;
  /** How the attempt before ended, which is the last word if no other follows. */
  readonly refusal: BitTrickleError | undefined;
}

/** A line of a script that is no name may be a password in the wrong place: it is not shown. */
async function askUser(
  terminal: Terminal,
  output: Output,
  signal: AbortSignal,
  asking: Asking,
): Promise<string> {
  for (;;) {
    const user = await ask(terminal, "Enter username: ", signal, asking);
    const fault = credentialFault(user);
    if (!fault) return user;
    const error = new BitTrickleError("usage", `That is no user name: ${fault}`);
    if (!terminal.isInteractive) throw error;
    tell(output, error);
  }
}

function tell(output: Output, { code, message }: BitTrickleError): void {
  output.event("error", { verb: "login", code, message });
  output.say(message);
}

async function ask(
  terminal: Terminal,
  prompt: string,
  signal: AbortSignal,
  { hidden = false, unused, refusal }: Asking,
): Promise<string> {
  const answer = await terminal.ask(prompt, { hidden, remembered: false });
  if (signal.aborted) throw interrupted();
  if (answer === undefined) throw refusal ?? new BitTrickleError("usage", `${TOO_SHORT}${unused}`);
  return hidden ? withoutMark(answer) : answer.trim();
}

/**
 * Enters, as soon as the user is not active: a command that was just killed leaves its user so for
 * three seconds.
 *
 * @throws {BitTrickleError} of `enter`, `interrupted`
 */
export async function whenFree<T>(enter: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const deadline = performance.now() + ACTIVE_MS + 2 * STILL_ACTIVE_RETRY_MS;
  for (;;) {
    try {
      return await enter();
    } catch (error) {
      const isBusy = error instanceof BitTrickleError && error.code === "already_active";
      if (!isBusy || performance.now() > deadline) throw error;
      await delay(STILL_ACTIVE_RETRY_MS, { signal }).catch(() => {});
      if (signal.aborted) throw interrupted();
    }
  }
}

function isRefusal(error: unknown): error is BitTrickleError {
  return error instanceof BitTrickleError &&
    ["login_refused", "already_active", "usage"].includes(error.code);
}
