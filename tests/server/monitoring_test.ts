/**
 * A server with a socket and a disk, and what is told of it.
 *
 * @module
 */

import { FileAccounts } from "../../lib/server/accounts/file_accounts.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ready, server as opaque } from "@serenity-kit/opaque";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Invitations } from "../../lib/index/login/invitations.ts";
import { IndexServer } from "../../lib/server/index_server.ts";
import { Monitoring } from "../../lib/server/monitoring.ts";
import { parseServeFlags } from "../../lib/server/flags/serve_flags.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CREDENTIALS } from "../support/users.ts";
import { waitFor } from "../support/wait_for.ts";

await ready;

/** Serves from `folder` while `use` runs. */
async function serve(
  folder: TempFolder,
  use: (server: IndexServer, monitoring: Monitoring, setup: string) => Promise<void>,
): Promise<void> {
  const credentials = await folder.write("credentials.txt", CREDENTIALS);
  const flags = parseServeFlags([
    "0",
    "--data",
    folder.pathOf("a.db"),
    "--credentials",
    credentials,
  ]);
  assert(!("asks" in flags));
  await using resources = new AsyncDisposableStack();
  const monitoring = resources.use(new Monitoring(flags));
  const [accounts, invitations] = [Accounts.parse(CREDENTIALS), Invitations.NONE];
  const setup = opaque.createSetup();
  const store = new FileAccounts(credentials);
  const options = { flags, store, accounts, invitations, setup, ...monitoring.hooks };
  const server = new IndexServer(options, resources);
  const stopping = new AbortController();
  const serving = server.serve(stopping.signal);
  try {
    await use(server, monitoring, setup);
  } finally {
    stopping.abort();
    await serving;
  }
}

/** A client of protocol 1 that has tried to log in. */
async function join(
  clients: AsyncDisposableStack,
  { address }: IndexServer,
  user: string,
  password = `pw-${user}`,
): Promise<ReferenceClient> {
  const client = new ReferenceClient(address.port);
  clients.defer(() => client.close());
  await client.login(user, password);
  return client;
}

Deno.test(
  "what a server does is in its status and its metrics",
  { ignore: !MAY_USE_DISK },
  async () => {
    await using folder = await TempFolder.make();
    await serve(folder, async (server, monitoring, setup) => {
      await using status = monitoring.statusOf(server, setup);
      await using clients = new AsyncDisposableStack();
      await join(clients, server, "vader", "wrong");
      const hans = await join(clients, server, "hans");
      await hans.ask("pub", "lab.txt");
      const { sessions, catalogue, failedLogins, load, server: told } = status.status();
      assertEquals(sessions.rows.map(({ user, protocol }) => [user, protocol]), [["hans", 1]]);
      assertEquals([catalogue.publications, failedLogins.rows[0]!.user], [1, "vader"]);
      assertEquals([load.requests >= 3, load.failures], [true, 1]);
      assertMatch(told.fingerprint, /^[0-9a-f]{4}(-[0-9a-f]{4}){7}$/);
      const text = await status.metrics();
      for (
        const line of [
          'requests_total{verb="login",code="401"} 1',
          'requests_total{verb="pub",code="200"} 1',
          'logins_refused_total{reason="password"} 1',
          "journal_events_total 1",
          "journal_commit_duration_seconds_count 1",
          "journal_up 1",
        ]
      ) assert(text.includes(`\nbittrickle_${line}\n`), line);
    });
  },
);

Deno.test("a disk that fails shows until it works again", { ignore: !MAY_USE_DISK }, async () => {
  await using folder = await TempFolder.make();
  await serve(folder, async (server, monitoring, setup) => {
    await using status = monitoring.statusOf(server, setup);
    await using clients = new AsyncDisposableStack();
    const hans = await join(clients, server, "hans");
    const [data, away] = [folder.pathOf("a.db"), folder.pathOf("away.db")];
    await Deno.rename(data, away);
    await hans.ask("pub", "a");
    assertEquals(status.status().disk.fault, "the data file was moved or removed");
    assert((await status.metrics()).includes("\nbittrickle_journal_failed_commits_total 1\n"));
    await Deno.rename(away, data);
    await hans.ask("pub", "b");
    assertEquals(status.fault(), undefined);
  });
});

Deno.test("the size of the data file is told", { ignore: !MAY_USE_DISK }, async () => {
  await using folder = await TempFolder.make();
  await serve(folder, async (server, monitoring, setup) => {
    await using status = monitoring.statusOf(server, setup);
    await waitFor("the disk", () => status.status().disk.dataBytes > 0);
  });
});
