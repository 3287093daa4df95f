/**
 * A server that listens on several addresses is one index.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { HAS_IPV6, HEARS_BOTH } from "../support/ipv6.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const SERVERS: readonly (readonly [flags: string, addresses: string[], ignore: boolean])[] = [
  ["--host localhost", ["127.0.0.1", "::1"], !HAS_IPV6],
  ["--host 127.0.0.1 --host ::1 --host 127.0.0.2", ["127.0.0.1", "127.0.0.2", "::1"], !HAS_IPV6],
  ["--host ::", ["::"], !HEARS_BOTH],
];

for (const [flags, addresses, ignore] of SERVERS) {
  Deno.test(`clients of a server with ${flags} find each other`, {
    ignore: ignore || !MAY_RUN,
  }, async () => {
    await using network = await Network.start(undefined, { flags: flags.split(" ") });
    const { port, server } = network;
    const lines = () => server.stdout.split("\n").filter((line) => line.includes('"listening"'));
    await waitFor("all addresses", () => lines().length === addresses.length);
    const told = lines().map((line) => JSON.parse(line));
    assertEquals(told.map(({ host }) => host), addresses);
    assertEquals(new Set(told.map(({ port }) => port)), new Set([port]));

    const env = (user: string) => ({ BITTRICKLE_PASSWORD: `pw-${user}` });
    const indexes = { hans: `127.0.0.1:${port}`, vader: `[::1]:${port}` };
    const hans = await network.clientAt(indexes.hans, "hans", ["--user", "hans"], env("hans"));
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "one");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    const get = ["--user", "vader", "get", "a.txt"];
    const vader = await network.clientAt(indexes.vader, "vader", get, env("vader"));
    assertEquals((await vader.shell.finish()).code, 0, vader.shell.stderr);
    assertEquals(await Deno.readTextFile(`${vader.folder}/a.txt`), "one");
  });
}
