/**
 * The audit trail of a server.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";

interface Line {
  readonly event: string;
  readonly verb?: string;
  readonly user?: string;
  readonly subject?: string;
  readonly code?: number;
  readonly sources?: readonly string[];
  readonly change?: string;
}

Deno.test("an audit trail tells who did what, and no secret", { ignore: !MAY_RUN }, async () => {
  await using network = await Network.start(FROM_SOURCE, { flags: ["--audit", "audit.jsonl"] });
  const path = network.home.pathOf("audit.jsonl");
  const text = () => Deno.readTextFile(path);
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  assertEquals((await network.once("vader", "get", "a.txt")).code, 0);
  await network.administer("user", "disable", "vader");
  await waitFor("the change", async () => (await text()).includes('"change":"disabled"'));
  await hans.shell.ask("unp a.txt", "File unpublished successfully\n");
  network.server.kill("SIGTERM");
  await network.server.finish();

  const lines: Line[] = (await text()).split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const said = lines.map(({ event, verb, user, subject, code, sources, change }) =>
    [event, verb, user, subject, code, sources, change].filter((it) => it !== undefined).join(" ")
  );
  for (
    const line of [
      "listening",
      "answered login hans 200",
      "answered pub hans a.txt 200",
      "answered get vader a.txt 200 hans",
      "account vader disabled",
      "answered unp hans a.txt 200",
      "stopping",
    ]
  ) {
    assert(said.includes(line), `${line} is not in\n${said.join("\n")}`);
  }
  assert(!/received|heartbeat|pw-hans|opaque/.test(await text()));
  if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});
