/**
 * A client that others are told to fetch from at another address than the index sees.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ANY_PORT, hostAndPort, TEST_HOST } from "../support/host.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { TestSession } from "../support/test_session.ts";

const AS_PROCESSES = { ignore: !MAY_RUN || TEST_HOST !== "127.0.0.1" };
/** Reaches nobody. */
const ROUTER = "127.1.2.3";

function freePort(): number {
  using listener = Deno.listen(ANY_PORT);
  return listener.addr.port;
}

Deno.test(
  "a client serves at the port that it advertises, and where it is",
  AS_PROCESSES,
  async () => {
    const flags = ["--allow-advertise", "127.1.0.0/16"];
    await using network = await Network.start(undefined, { flags });
    const port = freePort();
    const hans = await network.join("hans", ["--advertise", `${ROUTER}:${port}`]);
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "one");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    await using yoda = await TestSession.join(network.address, "yoda");
    const reply = await yoda.session.ask({ verb: "get", name: "a.txt" });
    assert(reply.kind === "sources");
    const [source] = reply.sources;
    assertEquals([source?.ip, source?.otherIp, source?.port], [ROUTER, TEST_HOST, port]);
    const got = await network.once("vader", "get", "a.txt");
    assertEquals(got.code, 0, got.stderr);
    // A command beside the shell has no need of the port.
    const beside = await network.once("hans", "lap", `--advertise=${ROUTER}:${port}`);
    assertEquals(beside.code, 0, beside.stderr);
  },
);

Deno.test(
  "what a client may not advertise keeps it out, and it is told",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const { shell } = await network.begin("hans", "--advertise", hostAndPort(freePort()));
    const { code, stderr } = await shell.finish();
    assertEquals(code, 5);
    assertStringIncludes(stderr, `the server does not let clients advertise ${TEST_HOST}`);
  },
);
