/**
 * The client program from its flags to its exit code.
 *
 * @module
 */

import { join } from "@std/path";
import { unlessAborted } from "../async/until_aborted.ts";
import { withTimeout } from "../async/with_timeout.ts";
import { BitTrickleError, interrupted, reasonOf } from "../errors.ts";
import { Peer } from "../peer/peer.ts";
import type { NewsDetails, SessionNews } from "../peer/session/index_session.ts";
import { FileMemory } from "../peer/share/file_memory.ts";
import { LINGER_MS } from "../peer/share/unfinished_files.ts";
import { knownServersIn, stateFolder } from "../peer/session/known_servers_file.ts";
import { assertAeadWorks } from "../protocol/aead.ts";
import type { Addresses } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { DOWNLOAD_PATIENCE_MS } from "../protocol/download_limits.ts";
import { LEAVING_MS } from "../protocol/limits.ts";
import { runWithoutIndex } from "./without_index.ts";
import { purposeOf } from "./commands.ts";
import { exitCodeFor } from "../cli/exit_code.ts";
import { realHomeFolder, thisDevice } from "./device.ts";
import type { ClientFlags } from "./flags.ts";
import { resolveIndex } from "./index_argument.ts";
import { HistoryFile } from "../cli/history_file.ts";
import { LineHistory } from "../cli/line_history.ts";
import { JobTable } from "./job.ts";
import { onInterrupt } from "../cli/interrupt.ts";
import type { LiveArea } from "../cli/live_area.ts";
import { assertUnattended, type KnownCredentials, knownCredentials, logIn } from "./login.ts";
import { Interrupts } from "./interrupts.ts";
import { failureOf, type Output } from "./output.ts";
import { BAD_NEWS, FINAL_NEWS, newsFields, newsLine } from "./session_news.ts";
import { tellRestored, tellWithdrawn } from "./restored_notice.ts";
import { runInvocation, type Workbench } from "./run_command.ts";
import type { ShellOptions } from "./shell.ts";
import { Terminal } from "../cli/terminal.ts";
import { TransferBoard } from "./transfer_board.ts";
import { VERSION } from "../cli/version.ts";
import { written } from "../cli/write.ts";

const NO_PLACE = `No folder for the client's state: set ${
  Deno.build.os === "windows" ? "LOCALAPPDATA" : "HOME"
} or XDG_STATE_HOME, or neither the keys of the index nor hashes of files are remembered`;

const INTERRUPTED = exitCodeFor("interrupted");

/** Runs the shell, or the one command that `flags` hold, and returns the exit code. */
export async function runClient(
  flags: ClientFlags,
  output: Output,
  area: LiveArea,
): Promise<number> {
  try {
    const code = await runWithoutIndex(flags, output);
    if (code !== undefined) return code;
    return await runConnected(flags, flags.index!, output, area);
  } catch (error) {
    const isStopped = error instanceof BitTrickleError && error.code === "interrupted";
    return endWith(error, isStopped, flags, output);
  }
}

async function runConnected(
  flags: ClientFlags,
  servers: Addresses,
  output: Output,
  area: LiveArea,
): Promise<number> {
  assertAeadWorks();
  await assertFolder(flags.folder);
  const known = await knownCredentials(flags);
  const stopping = new AbortController();
  const { signal } = stopping;
  const stop = () => signal.aborted ? Deno.exit(INTERRUPTED) : stopping.abort();
  const interrupts = new Interrupts(stop);
  const onCtrlC = () => interrupts.press();
  using _ = onInterrupt((signal) => signal === "SIGINT" ? onCtrlC() : stop());
  output.readerGone.addEventListener("abort", () => stopping.abort());
  const resolving = resolveIndex(servers, flags.configuration.meant);
  const index = await unlessAborted(resolving, signal);
  const { folder, allowPlain, swarm, protocol } = flags;
  const purpose = flags.command ? purposeOf(flags.command) : "serve";
  const isAttended = flags.command === undefined && Deno.stdin.isTerminal();
  const place = stateFolder();
  const remark = (note: string) => output.remark(note);
  const knownServers = knownServersIn(place, remark);
  if (knownServers === undefined && protocol !== 1) remark(NO_PLACE);
  using memory = await FileMemory.open(place && join(place, "files.db"), remark);
  if (signal.aborted) throw interrupted();
  const peer = new Peer({
    ...index,
    // A command beside the client that serves has no port of its own to offer.
    advertise: purpose === "serve" ? flags.advertise : undefined,
    folder,
    // A folder may be shared in which somebody has put the password.
    own: [flags.passwordFile, place].filter((path) => path !== undefined),
    allowPlain,
    swarm,
    purpose,
    // An index may only be taken for a plain one where it would be known that it is not.
    protocol: protocol ?? (knownServers === undefined ? 2 : undefined),
    // A user at a shell sees that no data arrives, and can stop it.
    patienceMs: flags.patienceMs ?? (isAttended ? Infinity : DOWNLOAD_PATIENCE_MS),
    limitUp: flags.limitUp,
    limitDown: flags.limitDown,
    memory,
    known: knownServers,
    agent: `bittrickle-client/${VERSION}`,
    device: thisDevice(),
    home: realHomeFolder(),
    onNews: (news, details) => tell(news, details),
    onChanged: (name, error) => tellChanged(name, error),
    onRestored: (restored) => tellWithdrawn(restored, shown),
    onWithdrawn: (withdrawn) => tellWithdrawn({ withdrawn }, shown),
  });
  const historyFile = isAttended ? historyFileIn(place, remark) : undefined;
  const history = new LineHistory(await historyFile?.read());
  const jobs = new JobTable();
  const completing = isAttended ? await import("./completer.ts") : undefined;
  const complete = completing?.completerOf({ peer, folder, jobs });
  using terminal = new Terminal({ area, onInterrupt: onCtrlC, complete, history, isQuiet: true });
  const notice = (text: string, isError: boolean) => {
    if (!flags.json && (isError || !flags.quiet)) terminal.notice(text);
  };
  const shown = { output, notice: (line: string) => notice(line, false) };
  const isService = flags.command?.verb === "share";
  const tell = (news: SessionNews, details?: NewsDetails) => {
    output.happened("news", newsFields(news, details));
    notice(newsLine(news, details), BAD_NEWS.includes(news));
    // Nobody looks at a service, but who manages it sees that it has ended.
    if (isService && FINAL_NEWS.includes(news)) {
      stopping.abort(new BitTrickleError("login_refused", newsLine(news)));
    }
  };
  const tellChanged = (name: string, error: unknown) => {
    const failure = error === undefined ? undefined : failureOf(error);
    output.happened("changed", { name, ...failure });
    notice(changeNotice(name, failure?.message), failure !== undefined);
  };
  const bench: Workbench = {
    peer,
    terminal,
    output,
    signal,
    interrupts,
    transfers: new TransferBoard({
      area,
      write: (line) => terminal.notice(line),
      limit: () => peer.limits.down.bytesPerSecond,
    }),
    share: flags.share,
  };
  signal.addEventListener("abort", () => {
    peer.endLingering();
    peer.close();
    terminal.close();
  });
  const shell = { jobs, recorder: historyFile };
  const code = await work(bench, shell, flags, known, memory)
    .catch((error) => endWith(error, signal.aborted, flags, output));
  await Promise.all([leave(bench), historyFile?.written()]);
  if (peer.hasJoined && !flags.command) output.say("Goodbye!");
  // Whoever is asked to stop does not wait for a pager for ever.
  await written(signal).catch(() => {});
  return output.readerGone.aborted ? exitCodeFor("reader_gone") : code;
}

/** Logs in, does what was asked for, and returns the exit code. */
async function work(
  bench: Workbench,
  shell: ShellOptions,
  { command, protocol, invitation, json, quiet }: ClientFlags,
  given: KnownCredentials,
  memory: FileMemory,
): Promise<number> {
  const { peer, terminal, output, signal } = bench;
  const known = invitation
    ? await (await import("./join_command.ts")).runJoin(bench, invitation, given)
    : given;
  if (command?.verb === "passwd") {
    const { runPasswd } = await import("./passwd_command.ts");
    return output.outcome(command.verb, await runPasswd(bench, known, protocol));
  }
  const isShell = command === undefined;
  if (command?.verb === "share" && !terminal.isInteractive) assertUnattended(known);
  await logIn(peer, known, terminal, output, { repeat: isShell, signal });
  if (!isShell) return await runInvocation(bench, command);
  output.say("Welcome to BitTrickle!");
  const place = { output, notice: (line: string) => json || quiet || terminal.notice(line) };
  await withTimeout(tellRestored(peer, place, () => memory.hasLost), 0);
  const { runShell } = await import("./shell.ts");
  const code = await runShell(bench, shell);
  return signal.aborted ? stopped(output) : code;
}

/** Tells why it ends. Whoever stops a service has no other way to end it, so that is no error. */
function endWith(
  error: unknown,
  isStopped: boolean,
  { command, invitation }: ClientFlags,
  output: Output,
): number {
  const verb = command?.verb ?? (invitation && "join");
  if (!isStopped || verb !== "share") return output.error(error, verb);
  return output.outcome(verb, { lines: [], fields: {} });
}

/** What the last word of a shell is that was asked to stop. Who is at a terminal knows it. */
function stopped(output: Output): number {
  const { code, message } = interrupted();
  output.event("error", { code, message });
  return INTERRUPTED;
}

/** Lets running uploads finish, and those who fetch what was just downloaded. */
async function leave({ peer, output }: Workbench): Promise<void> {
  const { running } = peer.uploads;
  if (peer.isLingering) {
    const seconds = (LINGER_MS + LEAVING_MS) / 1_000;
    output.note(`Waiting ${seconds} s at most for those who fetch from here; Ctrl-C ends it`);
  } else if (running > 0) {
    const seconds = LEAVING_MS / 1_000;
    output.note(`Waiting ${seconds} s at most for ${uploads(running)}; Ctrl-C ends at once`);
  }
  const cut = await peer.close();
  if (cut > 0) output.note(`Cut off: ${uploads(cut)}`);
}

function historyFileIn(place: string | undefined, onTrouble: (note: string) => void) {
  return place === undefined ? undefined : new HistoryFile(join(place, "history"), onTrouble);
}

function uploads(count: number): string {
  return count === 1 ? "1 running upload" : `${count} running uploads`;
}

function changeNotice(name: string, reason: string | undefined): string {
  const what = `"${escapeText(name)}" has changed since it was published`;
  return reason === undefined
    ? `${what}: published as it is now`
    : `${what}, and is not served: ${escapeText(reason)}`;
}

async function assertFolder(path: string): Promise<void> {
  const where = `Cannot use the folder "${escapeText(path)}"`;
  const info = await Deno.stat(path).catch((cause) => {
    const isMissing = cause instanceof Deno.errors.NotFound;
    const reason = isMissing
      ? "it is not there; make it, or name another with --dir"
      : escapeText(reasonOf(cause));
    throw new BitTrickleError("disk", `${where}: ${reason}`, { cause });
  });
  if (!info.isDirectory) {
    throw new BitTrickleError("disk", `${where}: it is not a folder; name one with --dir`);
  }
}
