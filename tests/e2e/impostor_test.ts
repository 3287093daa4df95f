/**
 * What the client tells its user about whoever answers in place of the index.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Clients } from "../support/clients.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE } from "../support/program.ts";
import { ScriptedIndex, ServerIdentity } from "../support/scripted_index.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";
import { hostAndPort } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const WARNING = "somebody who does not have the index's key answers in its place";

async function clientsOf({ address }: ScriptedIndex): Promise<Clients> {
  return new Clients(await TempFolder.make(), address.port, FROM_SOURCE);
}

Deno.test(
  "a shell warns once of an impostor, and is there again after it",
  AS_PROCESSES,
  async () => {
    await using index = new ScriptedIndex();
    await using clients = await clientsOf(index);
    const { shell } = await clients.join("hans");
    const [impostor, honest] = [new ServerIdentity(), index.onHello];
    index.onHello = (hello) => [impostor.challenge(hello, "pw-hans"), impostor.busy(hello)];
    index.forgetSessions();
    const logins = index.count("login");
    await waitFor("the warning", () => shell.stderr.includes(WARNING));
    index.onHello = honest;
    await waitFor("the return", () => shell.stderr.includes("logged in again"), 20_000);
    assertEquals(shell.stderr.split(WARNING).length, 2);
    assertEquals(index.count("login"), logins + 1, "the impostor got none");
    await shell.ask("lap", "No active peers\n");
  },
);

Deno.test("a command to an impostor fails with advice", AS_PROCESSES, async () => {
  await using index = new ScriptedIndex();
  await using clients = await clientsOf(index);
  assertEquals((await clients.once("hans", "lap")).code, 0);
  const impostor = new ServerIdentity();
  index.onHello = (hello) => [impostor.challenge(hello, "pw-hans")];
  const { code, stderr } = await clients.once("hans", "lap");
  assert(code !== 0);
  assertStringIncludes(stderr, "its key has changed");
  assertStringIncludes(
    stderr,
    `remove the line that begins with ${hostAndPort(index.address.port)}`,
  );
});
