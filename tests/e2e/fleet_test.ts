/**
 * An index with two servers, of which one is lost: real programs.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MAY_RUN } from "../support/permission.ts";
import { type FleetServer, loginsAt, ServerFleet } from "../support/server_fleet.ts";
import type { ShellUser } from "../support/clients.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
/** How long a client may be without a server. */
const SOON_MS = 6_000;
/** How long a command may take that finds the first server dead, on a busy machine. */
const COMMAND_MS = 5_000;

async function movesOn({ shell }: ShellUser, from: FleetServer, to: FleetServer): Promise<void> {
  await shell.warns(`Lost ${from.address}, now at ${to.address}\n`, SOON_MS);
}

Deno.test("a client of a server that is killed goes on at the next", AS_PROCESSES, async () => {
  await using fleet = await ServerFleet.start();
  const hans = await fleet.join("hans");
  const [at, other] = await fleet.placesOf("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "one");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  at.program.kill("SIGKILL");
  const asking = hans.shell.ask("lap", "No active peers\n");
  await movesOn(hans, at, other);
  await asking;
  // Both find the dead server first half of the time.
  for (const user of ["vader", "yoda"]) {
    const began = performance.now();
    const { code, stderr } = await fleet.once(user, "get", "a.txt");
    assertEquals([code, stderr.includes("Warning")], [0, false], stderr);
    assert(performance.now() - began < COMMAND_MS, `took ${performance.now() - began} ms`);
    assertEquals(await Deno.readTextFile(fleet.home.pathOf(`${user}/a.txt`)), "one");
  }
  assertEquals(hans.shell.stderr.match(/index|Lost/g), ["Lost"], "one line tells all");
  await hans.shell.ask("lpf", "1 file published:\na.txt\n");
});

Deno.test("a transfer goes on while both its ends lose their server", AS_PROCESSES, async () => {
  await using fleet = await ServerFleet.start();
  const hans = await fleet.join("hans", ["--limit-up", "2M"]);
  const [at, other] = await fleet.placesOf("hans");
  other.program.kill("SIGSTOP");
  const vader = await fleet.join("vader");
  other.program.kill("SIGCONT");
  assertEquals((await fleet.placesOf("vader"))[0], at);
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const file = await Deno.create(`${hans.folder}/big.bin`);
  for (let i = 0; i < 256; i++) await file.write(bytes);
  file.close();
  await hans.shell.ask("pub big.bin", "File published successfully\n");
  await vader.shell.type("get big.bin &");
  const isThere = async () => (await fleet.home.namesIn("vader")).length > 0;
  await waitFor("a part of it", isThere);
  at.program.kill("SIGSTOP");
  await Promise.all([movesOn(hans, at, other), movesOn(vader, at, other)]);
  await vader.shell.ask("jobs", "running");
  await vader.shell.ask("lap", "1 active peer:\nhans\n");
  await vader.shell.shows("big.bin downloaded successfully", 30_000);
  at.program.kill("SIGCONT");
  await vader.shell.ask("sch big", "1 file found:\nbig.bin\n");
});

Deno.test("a busy server keeps nobody from the next", AS_PROCESSES, async () => {
  await using fleet = await ServerFleet.start();
  const [busy, other] = fleet.servers;
  const tryAt = async (server: FleetServer, password: string) => {
    const env = { BITTRICKLE_PASSWORD: password };
    const { shell } = await fleet.clientAt(server.address, "hans", ["--user", "hans", "lap"], env);
    return await shell.finish();
  };
  assertEquals((await tryAt(busy, "pw-hans")).code, 0);
  // The waits double: the third is long enough for what follows.
  await waitFor("a wait of 8 s", async () => {
    return /try again in [78] s/.test((await tryAt(busy, "wrong")).stderr);
  }, 30_000);
  const laps = await Promise.all([1, 2, 3].map(() => fleet.once("hans", "lap")));
  for (const { code, stderr } of laps) assertEquals(code, 0, stderr);
  await waitFor("three logins", () => loginsAt(other, "hans") === 3);
  assertEquals(loginsAt(busy, "hans"), 1);
});

Deno.test(
  "an index with several servers is joined, by whichever is there",
  AS_PROCESSES,
  async () => {
    await using fleet = await ServerFleet.start();
    const [dead, alive] = fleet.servers;
    const options = { cwd: fleet.home.pathOf("b") };
    const invited = await fleet.run(
      [...fleet.programs.server, "invite", "leia", "--address", fleet.typedIndex],
      options,
    );
    const line = invited.stdout.trim();
    assertStringIncludes(line, `@${fleet.typedIndex}/`);
    await alive.program.shows('"event":"accounts"');
    dead.program.kill("SIGKILL");
    const joined = await fleet.run([...fleet.programs.client, "join", line, "lap"], {
      cwd: fleet.home.path,
      env: { XDG_STATE_HOME: fleet.home.pathOf("state"), BITTRICKLE_PASSWORD: "alderaan-7" },
    });
    assertEquals(joined.code, 0, joined.stderr);
    assertStringIncludes(joined.stderr, `invited to the index at ${fleet.typedIndex}\n`);
    const known = await Deno.readTextFile(fleet.home.pathOf("state/bittrickle/known_servers"));
    const servers = known.trim().split("\n").map((line) => line.split(" ")[0]);
    assertEquals(servers, fleet.servers.map(({ address }) => address));
  },
);
