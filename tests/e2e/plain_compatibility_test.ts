import { assertEquals } from "@std/assert";
import { Peer } from "../../lib/peer/peer.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { ReferenceServer } from "../reference/plain_server.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { TestIndex } from "../support/test_index.ts";
import { USERS } from "../support/users.ts";
import { TEST_HOST, typedIndex } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const PASSWORDS = new Map(USERS.map((user) => [user, `pw-${user}`]));

Deno.test("a client written to the table alone is served by the index", async () => {
  await using index = new TestIndex();
  const hans = new ReferenceClient(index.address.port);
  const vader = new ReferenceClient(index.address.port);
  assertEquals(await hans.login("hans", "no"), "Authentication failed. Please try again.");
  assertEquals(await hans.ask("lap"), "Error: not logged in");
  await hans.close();

  const again = new ReferenceClient(index.address.port);
  assertEquals(await again.login("hans", "pw-hans"), "Welcome to BitTrickle!");
  assertEquals(await again.ask("lap"), "No active peers");
  assertEquals(
    await vader.login("hans", "pw-hans"),
    "Authentication failed: user is already active",
  );
  await vader.close();

  const yoda = new ReferenceClient(index.address.port);
  assertEquals(await yoda.login("yoda", "pw-yoda"), "Welcome to BitTrickle!");
  assertEquals(await yoda.ask("lap"), "1 active peer:\nhans");
  yoda.files.set("a.txt", "from the reference");
  assertEquals(await yoda.ask("pub", "a.txt"), "File published successfully");
  assertEquals(await yoda.ask("lpf"), "1 file published:\na.txt");
  assertEquals(await again.ask("sch", "a."), "1 file found:\na.txt");
  assertEquals(await again.get("a.txt"), "from the reference");
  assertEquals(await again.get("b.txt"), "File not found");
  assertEquals(await yoda.ask("unp", "a.txt"), "File unpublished successfully");
  assertEquals(await yoda.ask("unp", "a.txt"), "File unpublication failed");
  await again.close();
  await yoda.close();
});

Deno.test("a server written to the table alone is understood by the peer", async () => {
  const server = new ReferenceServer(PASSWORDS);
  const port = await server.listen();
  const index = { hostname: TEST_HOST, port };
  const yoda = new ReferenceClient(port);
  await yoda.login("yoda", "pw-yoda");
  await yoda.ask("pub", "a.txt");
  const peer = new Peer({ index, folder: "." });
  await peer.logIn("hans", "pw-hans");
  assertEquals((await peer.lap()).items, ["yoda"]);
  assertEquals((await peer.lpf()).items, []);
  assertEquals((await peer.sch("a")).items, ["a.txt"]);
  assertEquals((await peer.unp("a.txt")).kind, "not published");
  assertEquals(server.heard.slice(-3), ["lpf hans", "sch hans a", "unp hans a.txt"]);
  await peer.close(0);
  await yoda.close();
  await server.close();
});

Deno.test("reference and real programs serve each other's files", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/ours.txt`, "from the real client");
  await hans.shell.ask("pub ours.txt", "File published successfully\n");

  const yoda = new ReferenceClient(network.port);
  await yoda.login("yoda", "pw-yoda");
  yoda.files.set("theirs.txt", "from the reference");
  await yoda.ask("pub", "theirs.txt");
  assertEquals(await yoda.get("ours.txt"), "from the real client");
  await hans.shell.ask("get theirs.txt", "theirs.txt downloaded successfully\n");
  assertEquals(await Deno.readTextFile(`${hans.folder}/theirs.txt`), "from the reference");
  await yoda.close();
});

Deno.test("the real client lives with a plain server and a plain peer", AS_PROCESSES, async () => {
  await using home = await TempFolder.make();
  const server = new ReferenceServer(PASSWORDS);
  const port = await server.listen();
  const yoda = new ReferenceClient(port);
  await yoda.login("yoda", "pw-yoda");
  yoda.files.set("theirs.txt", "from the reference");
  await yoda.ask("pub", "theirs.txt");
  await home.write("ours.txt", "from the real client");
  {
    await using hans = new Program([...FROM_SOURCE.client, typedIndex(port)], {
      cwd: home.path,
      env: { XDG_STATE_HOME: home.pathOf("state") },
    });
    await hans.type("hans");
    await hans.ask("pw-hans", "Welcome to BitTrickle!\n");
    await hans.ask("lap", "1 active peer:\nyoda\n");
    await hans.ask("pub ours.txt", "File published successfully\n");
    assertEquals(await yoda.get("ours.txt"), "from the real client");
    await hans.ask("get theirs.txt", "theirs.txt downloaded successfully\n");
    await hans.ask("xit", "Goodbye!\n");
    assertEquals(await hans.ends(), 0);
  }
  assertEquals(await Deno.readTextFile(home.pathOf("theirs.txt")), "from the reference");
  await yoda.close();
  await server.close();
});
