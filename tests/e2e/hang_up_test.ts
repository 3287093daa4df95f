/**
 * Terminals that are closed, and programs that have none.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Network } from "../support/network.ts";
import { canRun, MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";
import { Screen } from "../support/screen.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
const WITH_NOHUP = { ignore: !await canRun("nohup", "true") };
const ON_TERMINAL = { ignore: !await canRun("tmux", "-V") };

Deno.test("a server and a client without a terminal outlive a hang-up", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  for (let i = 0; i < 3; i++) {
    network.server.kill("SIGHUP");
    hans.shell.kill("SIGHUP");
    const { code } = await network.once("vader", "get", "a.txt");
    assertEquals(code, 0);
  }
  await hans.shell.ask("lpf", "1 file published:\n");
  await hans.shell.type("xit");
  assertEquals(await hans.shell.ends(), 0);
  network.server.kill("SIGTERM");
  assertEquals(await network.server.ends(), 0);
});

Deno.test(
  "a hang-up without a terminal reads users and opens the log anew",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const { home } = network;
    const command = [...network.programs.server, "0", "--data", ":memory:", "--log-file", "log"];
    await using server = new Program(command, { cwd: home.path });
    const lines = (name: string) => Deno.readTextFile(home.pathOf(name)).catch(() => "");
    await waitFor("the server", async () => (await lines("log")).includes("Listening on"));
    await Deno.rename(home.pathOf("log"), home.pathOf("log.1"));
    server.kill("SIGHUP");
    await waitFor(
      "a new log",
      async () => (await lines("log")).includes("Read the credentials again"),
    );
    assert(!(await lines("log.1")).includes("Read the credentials"));
    server.kill("SIGTERM");
    assertEquals(await server.ends(), 0);
  },
);

Deno.test("under nohup, too", WITH_NOHUP, async () => {
  await using network = await Network.start();
  const options = { cwd: network.home.path };
  const data = ["--data", ":memory:"];
  const command = ["nohup", ...network.programs.server, "0", ...data];
  await using server = new Program(command, options);
  await server.shows("Listening on");
  server.kill("SIGHUP");
  const user = ["nohup", ...network.programs.server, "user", "add", "leia"];
  await using add = new Program(user, options);
  await add.warns("New password:");
  add.kill("SIGHUP");
  await add.type("alderaan-7");
  assertEquals((await add.finish()).code, 0);
  await server.shows("Read the credentials again");
});

Deno.test("a client under nohup serves without input until it is stopped", WITH_NOHUP, async () => {
  await using network = await Network.start();
  const folder = await network.home.makeFolder("hans");
  await Deno.writeTextFile(`${folder}/a.txt`, "a");
  assertEquals((await network.once("hans", "pub", "a.txt")).code, 0);
  const client = [...network.programs.client, network.typedIndex, "--user", "hans"].join(" ");
  // What nohup puts in the place of a terminal is a file that cannot be read.
  const command = ["nohup", "sh", "-c", `exec ${client} 0>/dev/null`];
  const state = { XDG_STATE_HOME: network.home.pathOf("state") };
  const env = { BITTRICKLE_PASSWORD: "pw-hans", ...state };
  await using hans = new Program(command, { cwd: folder, env });
  await hans.shows("Available commands are:");
  hans.kill("SIGHUP");
  assertEquals((await network.once("vader", "get", "a.txt")).code, 0);
  hans.kill("SIGTERM");
  assertEquals([await hans.ends(), hans.stderr.includes("Uncaught")], [130, false]);
});

Deno.test("a shell whose terminal is closed says good-bye to the index", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const vader = await network.join("vader");
  {
    await using screen = await Screen.open(network);
    await screen.logIn();
    await vader.shell.ask("lap", "1 active peer:\nhans\n");
  }
  // The one request that the index is not silent about is the farewell.
  await waitFor("the farewell", () => network.server.stdout.includes('"verb":"bye"'), 5_000);
  await vader.shell.ask("lap", "No active peers\n");
});

Deno.test("a server whose terminal is closed ends", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const { home } = network;
  const script = `cd ${home.path} && exec ${network.programs.server.join(" ")} 0 --data d.db`;
  const socket = `bittrickle-test-${crypto.randomUUID()}`;
  const tmux = async (...args: string[]) => {
    const command = new Deno.Command("tmux", { args: ["-L", socket, ...args] });
    return new TextDecoder().decode((await command.output()).stdout).trim();
  };
  await tmux("-f", "/dev/null", "new-session", "-d", script);
  const pid = Number(await tmux("display-message", "-p", "#{pane_pid}"));
  await waitFor("the server", async () => (await tmux("capture-pane", "-p")).includes("Listening"));
  await tmux("kill-server");
  await waitFor("its end", () => !isAlive(pid));
  // What SQLite leaves beside a database that was closed is nothing.
  assert(!(await home.names()).includes("d.db-wal"));
});

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
