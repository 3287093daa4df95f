/**
 * `bittrickle-server status` beside a running server.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { hostAndPort } from "../support/host.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";
import { HAS_PROMTOOL, promtool } from "../support/promtool.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { statusIn } from "../support/status_schema.ts";

const AS_PROCESSES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
const ON_A_TERMINAL = { ignore: !HAS_TERMINAL || Deno.build.os === "windows" };

Deno.test(
  "status shows who is there and what is published",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const { shell } = await network.join("hans");
    await network.home.write("hans/lab.txt", "hello");
    await shell.ask("pub lab.txt", "published");
    const { code, stdout, stderr } = await network.administer("status");
    assertEquals([code, stderr], [0, ""]);
    for (const text of ["1 active of", "Published  1 files", "hans", "bittrickle-client/"]) {
      assertStringIncludes(stdout, text);
    }
    assertEquals((await network.once("vader", "get", "lab.txt")).code, 0);
    const json = await network.administer("status", "--json");
    assertEquals(json.code, 0);
    const status = statusIn(json.stdout);
    assertEquals([status.sessions.total, status.catalogue.publications], [1, 1]);
    const [lab] = status.downloads.rows;
    assertEquals([lab?.name, lab?.complete, lab?.holders.rows[0]?.user], ["lab.txt", 1, "vader"]);
    assertEquals([status.sessions.rows[0]!.user, status.server.addresses], [
      "hans",
      [hostAndPort(network.port)],
    ]);
  },
);

Deno.test("the metrics of a server are Prometheus'", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await network.once("hans", "lap");
  const { code, stdout } = await network.administer("status", "--metrics");
  assertEquals(code, 0);
  assertStringIncludes(stdout, '\nbittrickle_requests_total{verb="lap",code="200"} 1\n');
  if (HAS_PROMTOOL) assertEquals(await promtool(["check", "metrics"], stdout), "");
});

Deno.test("without a server it says so, and where it looked", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const other = await network.administer("status", "--data", "other.db");
  assertEquals([other.code, other.stdout], [4, ""]);
  assertStringIncludes(other.stderr, '"other.db.sock": no server runs there');
});

Deno.test(
  "after a crash a server tells its status again, and its end takes the socket away",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await network.restartServer();
    assertEquals((await network.administer("status")).code, 0);
    network.server.kill("SIGINT");
    assertEquals(await network.server.ends(), 0);
    assertEquals((await network.home.names()).filter((name) => name.endsWith(".sock")), []);
  },
);

Deno.test(
  "a server goes on where no socket can be, unless it was told one",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await network.home.makeFolder("other.db.sock");
    await network.home.makeFolder("told");
    const told = await network.administer("0", "--data", "b.db", "--status-socket", "told");
    assertEquals(told.code, 7);
    assertStringIncludes(told.stderr, 'Cannot tell the status at "told"');
    const flags = ["--data", "other.db", "--credentials", "credentials.txt"];
    const command = [...network.programs.server, "0", ...flags];
    await using other = new Program(command, { cwd: network.home.path });
    await other.warns("Warning: Cannot tell the status");
    await other.shows("Listening on");
  },
);

Deno.test("--watch draws again what changes", ON_A_TERMINAL, async () => {
  await using network = await Network.start();
  const command = [
    ...network.programs.server,
    "status",
    "--watch",
    "--data",
    network.home.pathOf("bittrickle.db"),
  ];
  await using screen = await Screen.open(network, { command, columns: 100 });
  await screen.shows("0 active of");
  await network.join("vader");
  const shown = await screen.shows("1 active of");
  assertStringIncludes(shown, "vader");
  network.server.kill("SIGKILL");
  const fault = await screen.shows("--status-socket");
  assertStringIncludes(fault, "Cannot ask a server");
  await network.restartServer();
  await screen.comesTo("the new server", (text) => !text.includes("Cannot ask"));
  await screen.press("C-c");
  await screen.shows("[130]$");
});
