/**
 * Programs on hosts of their own: what they say to each other passes a switch.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { sha256Of, someBytes } from "../support/bytes.ts";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES, NetworkNamespaces } from "../support/namespaces.ts";
import { systemCommand } from "../support/system_command.ts";

async function namespaces(): Promise<string> {
  return await systemCommand("ip", "netns", "list");
}

Deno.test({
  name: "a host that moves has another address, and nothing is left of it after the test",
  ignore: !CAN_MAKE_NAMESPACES,
}, async () => {
  let name = "";
  {
    await using network = await NetworkNamespaces.make();
    const host = await network.addHost();
    name = host.name;
    const before = host.address;
    await host.move();
    assertNotEquals(host.address, before);
    const addresses = await host.ip("-4", "addr", "show", "dev", "eth0");
    assert(addresses.includes(host.address) && !addresses.includes(`${before}/`), addresses);
    assert((await namespaces()).includes(name));
  }
  assert(!(await namespaces()).includes(name));
});

Deno.test({
  name: "a download arrives whole over links that lose packets",
  ignore: !CAN_MAKE_NAMESPACES,
}, async () => {
  await using network = await NamespacedNetwork.start({ users: ["hans", "yoda"] });
  const hans = await network.join("hans");
  const yoda = await network.join("yoda");
  await Deno.writeFile(`${hans.folder}/film`, someBytes(3_000_000));
  await hans.host.lose(5);
  await hans.shell.ask("pub film", "File published successfully\n");
  await yoda.shell.ask("get film", "film downloaded successfully\n");
  assertEquals(await sha256Of(`${yoda.folder}/film`), await sha256Of(`${hans.folder}/film`));
});
