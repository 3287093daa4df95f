import { assert, assertEquals } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const BACK_MS = 6_000;

interface LogLine {
  readonly event: string;
  readonly verb?: string;
  readonly user?: string;
}

function logOf(network: Network): LogLine[] {
  const lines = network.server.stdout.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

function loggedIn(network: Network): string[] {
  const logins = logOf(network).filter(({ event, verb }) =>
    event === "answered" && verb === "login"
  );
  return [...new Set(logins.map(({ user }) => user!))].sort();
}

Deno.test(
  "a killed server is found again by every client, with nobody typing",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const [hans, vader, yoda] = [
      await network.join("hans"),
      await network.join("vader"),
      await network.join("yoda"),
    ];
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    const began = performance.now();
    await network.restartServer();
    await waitFor("all to be back", () => loggedIn(network).length === 3, BACK_MS);
    assert(performance.now() - began < BACK_MS);
    assertEquals(loggedIn(network), ["hans", "vader", "yoda"]);
    await yoda.shell.ask("lap", "2 active peers:\nhans\nvader\n");
    await vader.shell.ask("get a.txt", "a.txt downloaded successfully\n");
  },
);

Deno.test(
  "a server that is stopped and started costs clients under three seconds",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const [hans, vader] = [await network.join("hans"), await network.join("vader")];
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    const began = performance.now();
    const { code } = await network.stopAndStartServer();
    assertEquals(code, 0);
    await waitFor("both to be back", () => loggedIn(network).length === 2, 3_000);
    await vader.shell.ask("get a.txt", "a.txt downloaded successfully\n");
    assert(performance.now() - began < 3_000, `${performance.now() - began} ms`);
  },
);

Deno.test("a server that is away is told once, and so is its return", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  network.server.kill("SIGSTOP");
  await hans.shell.warns("does not answer any more", 8_000);
  network.server.kill("SIGCONT");
  await hans.shell.warns("The index is back");
  await hans.shell.ask("lap", "No active peers\n");
  assertEquals(hans.shell.stderr.split("does not answer any more").length, 2);
});

Deno.test(
  "a disabled user is out within five seconds, and in again when enabled",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const hans = await network.join("hans");
    const vader = await network.join("vader");
    const user = (...args: string[]) => network.administer("user", ...args);
    const began = performance.now();
    assertEquals((await user("disable", "vader")).code, 0);
    await waitFor("vader to be out", async () => {
      await hans.shell.ask("lap", "\n");
      return hans.shell.stdout.endsWith("No active peers\n");
    });
    assert(performance.now() - began < 5_000);
    await vader.shell.warns("not let this user in");
    await user("enable", "vader");
    await waitFor("the server to read it", () => {
      return logOf(network).filter(({ event }) => event === "accounts").length >= 2;
    });
    const again = await network.once("vader", "lap");
    assertEquals([again.code, again.stdout], [0, "1 active peer:\nhans\n"]);
  },
);
