/**
 * Lists of which nobody sees the end.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { openData } from "../../lib/store/database.ts";
import { PublicationTable } from "../../lib/store/publication_table.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const FILES = 3_000;

/** Starts an index at which hans, who is active in protocol 1, publishes many files. */
async function startWithFiles(): Promise<Network> {
  const network = await Network.start();
  await network.server[Symbol.asyncDispose]();
  {
    using db = openData(network.home.pathOf("bittrickle.db"));
    const table = new PublicationTable(db);
    inTransaction(db, () => {
      for (let i = 0; i < FILES; i++) {
        table.apply({ kind: "publish", user: "hans", name: `file-${i}.txt` });
      }
    });
  }
  await network.restartServer();
  await network.join("hans", ["--protocol", "1"]);
  return network;
}

Deno.test("a list says whether its count is all, or so many or more", {
  ignore: !MAY_RUN,
}, async () => {
  await using network = await startWithFiles();
  const found = (await network.once("vader", "sch", "file")).stdout.trimEnd().split("\n");
  assertEquals([found[0], found.length, found.at(-1)], [
    "1,000+ files found:",
    1_002,
    "… and more",
  ]);
  const json = JSON.parse((await network.once("vader", "sch", "file", "--json")).stdout);
  assertEquals([json.items.length, json.lower_bound], [1_000, true]);
  assert(json.more > 0 && json.more < FILES - 1_000);
  const few = JSON.parse((await network.once("vader", "sch", "file-29", "--json")).stdout);
  assertEquals([few.items.length, few.more, few.lower_bound], [111, 0, undefined]);
  const published = (await network.once("vader", "lpf", "hans")).stdout.split("\n");
  assertEquals([published[0], published.length], [`${FILES} files published:`, FILES + 2]);
});

Deno.test("the plain protocol counts as the original does, its reader knows better", {
  ignore: !MAY_RUN,
}, async () => {
  await using network = await startWithFiles();
  const yoda = new ReferenceClient(network.port);
  await yoda.login("yoda", "pw-yoda");
  assertMatch(await yoda.ask("sch", "file"), /^\d+ files found:\n[^+]+\n… and \d+ more$/);
  const { stdout } = await network.once("vader", "--protocol", "1", "sch", "file");
  assertMatch(stdout, /^\d+\+ files found:\n[^+]+\n… and \d+\+ more\n$/);
  await yoda.close();
});
