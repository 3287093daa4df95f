import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { tlsNameOf } from "../../lib/protocol/tls.ts";
import { hostAndPort } from "../support/host.ts";
import { isWellOverTls } from "../support/https.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { ask } from "../support/raw_http.ts";
import { Administrator, pageOf, servePage } from "../support/served_page.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { TestAuthority } from "../support/test_authority.ts";
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
    assertStringIncludes(line, `@${hostAndPort(network.port)}/`);
    const rows = async () => {
      const { text } = await ask(address, { path: "/api/status" });
      assert(!text.includes(line.split("/").at(-1)!));
      return JSON.parse(text).invitations.rows.map(({ user }: { user: string }) => user);
    };
    assertEquals((await administrator.post("invite", { user: "finn", seconds: 60 })).status, 200);
    await waitFor("both invitations", async () => (await rows()).join() === "finn,rey");
    assertEquals((await administrator.revoke("finn")).status, 200);
    await waitFor("that one is revoked", async () => (await rows()).join() === "rey");
    const joined = await join(network, line);
    assertEquals(joined.code, 0, joined.stderr);
    assertEquals((await administrator.post("disable", { user: "hans" })).status, 200);
    await waitFor("that nobody is invited", async () => (await rows()).length === 0);
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

Deno.test("at SIGHUP the page gets another certificate, but none that is of no use", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  const authority = new TestAuthority();
  const [first, second] = [await authority.identity(), await authority.identity()];
  const [former, later] = [tlsNameOf(first.label), tlsNameOf(second.label)];
  const cert = await folder.write("cert.pem", first.certificate);
  const key = await folder.write("key.pem", first.key);
  const flags = ["--http", "0", "--http-cert", cert, "--http-key", key];
  const names = [former, later].flatMap((name) => ["--http-name", name]);
  await using network = await Network.start(FROM_SOURCE, { flags: [...flags, ...names] });
  const address = await pageOf(network);
  assertEquals(await isWellOverTls(address, former, authority), true);
  await Deno.writeTextFile(cert, second.certificate);
  network.server.kill("SIGHUP");
  await network.server.warns("Cannot use the TLS certificate");
  assertEquals(await isWellOverTls(address, former, authority), true);
  await Deno.writeTextFile(key, second.key);
  network.server.kill("SIGHUP");
  await waitFor("the other certificate", () => isWellOverTls(address, later, authority));
});

Deno.test("at SIGHUP the page gets another access token, but none that is too easy", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  const [former, later] = ["0".repeat(32), "1".repeat(32)];
  const file = await folder.write("token.txt", `${former}\n`);
  const flags = ["--http", "0", "--http-token-file", file];
  await using network = await Network.start(FROM_SOURCE, { flags });
  const address = await pageOf(network);
  const statusWith = async (token: string) => {
    const fields = { Authorization: `Bearer ${token}` };
    return (await ask(address, { path: "/api/status", fields })).status;
  };
  const following = ask(address, {
    path: "/api/events",
    fields: { Authorization: `Bearer ${former}` },
  });
  assertEquals([await statusWith(former), await statusWith(later)], [200, 401]);
  await Deno.writeTextFile(file, "too easy\n");
  network.server.kill("SIGHUP");
  await network.server.warns("is not of 128 random bits");
  assertEquals(await statusWith(former), 200);
  await Deno.writeTextFile(file, later);
  network.server.kill("SIGHUP");
  await waitFor("the other token", async () => await statusWith(later) === 200);
  assertEquals(await statusWith(former), 401);
  assertStringIncludes((await following).text, "event: status");
});
