import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, Program } from "../support/program.ts";
import { ask } from "../support/raw_http.ts";
import { Administrator, servePage } from "../support/served_page.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN } as const;

Deno.test(
  "the page of a real server tells who is there and what is shared",
  AS_PROCESSES,
  async () => {
    const { network, address } = await servePage();
    await using _ = network;
    const { shell } = await network.join("hans");
    await network.home.write("hans/lab report.txt", "hello");
    await shell.ask("pub 'lab report.txt'", "published");
    const status = JSON.parse((await ask(address, { path: "/api/status" })).text);
    assertEquals([status.sessions.rows[0].user, status.catalogue.publications], ["hans", 1]);
    const found = JSON.parse(
      (await ask(address, { path: "/api/search?q=REPORT%20case:any" })).text,
    );
    assertEquals(found.rows[0].name, "lab report.txt");
    const all = JSON.parse((await ask(address, { path: "/api/search?q=" })).text);
    assertEquals(all, found);
    const metrics = await ask(address, { path: "/metrics" });
    assertStringIncludes(metrics.text, "\nbittrickle_sessions");
    assertEquals((await ask(address, { path: "/healthz" })).text, "ok\n");
  },
);

Deno.test(
  "who is invited on the page joins; who is disabled there is out",
  AS_PROCESSES,
  async () => {
    const { network, address } = await servePage();
    await using _ = network;
    const administrator = await Administrator.logIn(address);
    const invited = await administrator.post("invite", { user: "rey", seconds: 3_600 });
    assertEquals(invited.status, 200, invited.text);
    const { line } = JSON.parse(invited.text);
    assertStringIncludes(line, `@127.0.0.1:${network.port}/`);
    const joined = await join(network, line);
    assertEquals(joined.code, 0, joined.stderr);
    assertEquals((await administrator.post("disable", { user: "hans" })).status, 200);
    await waitFor("that hans is out", async () => (await network.once("hans", "lap")).code === 5);
    assertEquals((await administrator.post("enable", { user: "hans" })).status, 200);
    await waitFor("that hans is in", async () => (await network.once("hans", "lap")).code === 0);
    assertEquals((await administrator.post("remove", { user: "hans" })).status, 200);
    await waitFor("that hans is gone", async () => (await network.once("hans", "lap")).code === 5);
    await network.server.shows('"action":"remove","user":"hans"');
  },
);

/** Joins as one does who has got `line`. */
async function join(network: Network, line: string): Promise<Ended> {
  const env = { XDG_STATE_HOME: network.home.pathOf("state") };
  const cwd = await network.home.makeFolder("rey");
  await using program = new Program([...network.programs.client, "join", line], { cwd, env });
  return await program.finish("a-new-password", "xit");
}
