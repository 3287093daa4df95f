/**
 * The index server: `bittrickle-server <port>`.
 *
 * @module
 */

import { exitCodeOf } from "./lib/cli/exit_code.ts";
import { parseServerFlags, SERVER_USAGE, type ServerFlags } from "./lib/cli/flags.ts";
import { onInterrupt } from "./lib/cli/interrupt.ts";
import { loadAccounts } from "./lib/cli/load_accounts.ts";
import { type LogEvent, ServerLog } from "./lib/cli/server_log.ts";
import { VERSION } from "./lib/cli/version.ts";
import { toStderr, toStdout } from "./lib/cli/write.ts";
import { reasonOf } from "./lib/errors.ts";
import { Index } from "./lib/index/index.ts";
import { PlainService } from "./lib/index/plain_service.ts";
import { DatagramSocket } from "./lib/net/datagrams.ts";

/** Serves until interrupted. */
async function serve({ address, credentials, allowPlain, log }: ServerFlags): Promise<void> {
  const accounts = await loadAccounts(credentials);
  using lines = log === "off" ? undefined : new ServerLog(log, toStdout);
  const onEvent = (event: LogEvent) => lines?.write(event);
  const service = new PlainService(new Index(accounts), { allowPlain, onEvent });
  using socket = DatagramSocket.bind(address);
  using _ = onInterrupt(() => socket.close());
  onEvent({ kind: "listening", from: socket.address, users: accounts.size });
  await socket.receive(async (datagram, from) => {
    try {
      const answer = service.answer(datagram, from, performance.now());
      if (answer) await socket.send(answer, from);
    } catch (error) {
      onEvent({ kind: "unexpected", from, reason: reasonOf(error) });
    }
  });
}

if (import.meta.main) {
  try {
    const flags = parseServerFlags(Deno.args);
    if (flags === "help") toStdout(`${SERVER_USAGE}\n`);
    else if (flags === "version") toStdout(`bittrickle-server ${VERSION}\n`);
    else await serve(flags);
  } catch (error) {
    toStderr(`${reasonOf(error)}\n`);
    Deno.exit(exitCodeOf(error));
  }
}
