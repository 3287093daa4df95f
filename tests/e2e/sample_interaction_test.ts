import { assertEquals } from "@std/assert";
import { MAY_RUN } from "../support/permission.ts";
import { Network } from "../support/network.ts";

Deno.test("the sample interaction of the original system", { ignore: !MAY_RUN }, async () => {
  await using network = await Network.start();

  const hans = await network.client("hans");
  await hans.shell.type("hans");
  await hans.shell.ask("millennium", "Authentication failed. Please try again.\n");
  await hans.shell.type("hans");
  await hans.shell.ask("pw-hans", "Welcome to BitTrickle!\n");
  await hans.shell.shows("Available commands are: get, lap, lpf, pub, sch, unp, xit\n");
  await hans.shell.ask("lap", "No active peers\n");
  await hans.shell.ask("lpf", "No files published\n");

  const vader = await network.join("vader");
  const yoda = await network.join("yoda");
  await yoda.shell.ask("lap", "2 active peers:\nhans\nvader\n");

  await Deno.writeTextFile(`${hans.folder}/falcon.txt`, "It made the Kessel run.\n");
  await Deno.writeTextFile(`${vader.folder}/deathstar.txt`, "No moon.\n");
  await hans.shell.ask("pub falcon.txt", "File published successfully\n");
  await hans.shell.ask("pub falcon.txt", "File published successfully\n");
  await hans.shell.ask("lpf", "1 file published:\nfalcon.txt\n");
  await vader.shell.ask("pub deathstar.txt", "File published successfully\n");
  await vader.shell.ask("unp deathstar.txt", "File unpublished successfully\n");
  await vader.shell.ask("unp deathstar.txt", "File unpublication failed\n");
  await vader.shell.ask("sch f", "1 file found:\nfalcon.txt\n");
  await hans.shell.ask("sch f", "No files found\n");
  await vader.shell.ask("pub deathstar.txt", "File published successfully\n");
  await yoda.shell.ask("sch .txt", "2 files found:\ndeathstar.txt\nfalcon.txt\n");

  await vader.shell.ask("get falcon.txt", "falcon.txt downloaded successfully\n");
  await hans.shell.ask("get deathstar.txt", "deathstar.txt downloaded successfully\n");
  await yoda.shell.ask("get jabba.txt", "File not found\n");
  assertEquals(await Deno.readTextFile(`${vader.folder}/falcon.txt`), "It made the Kessel run.\n");
  assertEquals(await Deno.readTextFile(`${hans.folder}/deathstar.txt`), "No moon.\n");

  await hans.shell.ask("xit", "Goodbye!\n");
  assertEquals(await hans.shell.ends(), 0);
  const credentials = { BITTRICKLE_PASSWORD: "pw-hans" };
  const back = await network.client("hans", ["--user", "hans"], credentials);
  await back.shell.shows("Welcome to BitTrickle!\n");
  await back.shell.ask("lpf", "1 file published:\nfalcon.txt\n");
  await yoda.shell.ask("get falcon.txt", "falcon.txt downloaded successfully\n");
  assertEquals(await Deno.readTextFile(`${yoda.folder}/falcon.txt`), "It made the Kessel run.\n");
});
