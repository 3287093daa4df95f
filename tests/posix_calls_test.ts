/**
 * What only some systems have, and why it may be called all the same.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { fromFileUrl, relative } from "@std/path";
import { MAY_USE_DISK } from "./support/permission.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** What throws on Windows, or leads to nothing there; a word each, as it is written in the code. */
const ONLY_ELSEWHERE =
  /\bDeno\.(?:chmod|chown|umask|uid|gid|kill|symlink)(?:Sync)?\(|addSignalListener\(|\bonSignal\("\w+|transport: "unix\w*"|constants\.O_NO\w+|cbreak|"\/(?:dev|proc|tmp|etc|sys|var|run)\b|\bprocess\.\w+|\bfolder\.sync\(\)/g;

/** Where it stands, and what keeps it from Windows or makes it harmless there. */
const GUARDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "lib/cli/history_file.ts": { "Deno.chmod(": "returns before it on Windows" },
  "lib/cli/interrupt.ts": {
    "addSignalListener(": "SIGINT and SIGBREAK on Windows; others only after a look at the system",
    'onSignal("SIGHUP': "not on Windows",
  },
  "lib/cli/keyboard.ts": { cbreak: "false on Windows" },
  "lib/cli/service_notice.ts": { 'transport: "unixpacket"': "nobody is told on Windows" },
  "lib/cli/terminal.ts": {
    'onSignal("SIGCONT': "returns before it on Windows",
    'onSignal("SIGWINCH': "returns before it on Windows",
  },
  "lib/client/transfer_board.ts": { 'onSignal("SIGWINCH': "not on Windows" },
  "lib/files/replace_file.ts": {
    "Deno.chmod(": "returns before it on Windows",
    "Deno.chown(": "returns before it on Windows",
    "folder.sync()": "what it throws is caught",
  },
  "lib/peer/download/folder_sync.ts": { "folder.sync()": "what it throws is caught" },
  "lib/peer/share/shared_folder.ts": {
    "constants.O_NOFOLLOW": "0 where it is not there; what was opened is checked as well",
    "constants.O_NONBLOCK": "0 where it is not there",
  },
  "lib/server/data/backup_command.ts": { "Deno.chmod(": "what it throws is caught" },
  "lib/server/metrics/metrics.ts": { "process.cpuUsage": "is there everywhere" },
  "lib/server/status/ask_status.ts": { 'transport: "unix"': "the flags are refused on Windows" },
  "lib/server/status/status_socket.ts": {
    "Deno.chmod(": "there is no such socket on Windows, see statusSocketFor()",
    'transport: "unix"': "there is no such socket on Windows, see statusSocketFor()",
  },
};

async function callsIn(path: string): Promise<string[]> {
  const code = (await Deno.readTextFile(path)).replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, "");
  return [...new Set(Array.from(code.matchAll(ONLY_ELSEWHERE), ([call]) => call))].sort();
}

Deno.test(
  "each call that Windows does not have is guarded",
  { ignore: !MAY_USE_DISK },
  async () => {
    const found: Record<string, string[]> = {};
    for await (const { path } of walk(ROOT, { includeDirs: false })) {
      const name = relative(ROOT, path).replaceAll("\\", "/");
      if (!/^(?:lib\/.*|client|server)\.ts$/.test(name)) continue;
      const calls = await callsIn(path);
      if (calls.length > 0) found[name] = calls;
    }
    const guarded = Object.entries(GUARDED).map((
      [name, calls],
    ) => [name, Object.keys(calls).sort()]);
    assertEquals(found, Object.fromEntries(guarded));
  },
);
