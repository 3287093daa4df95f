/**
 * Clients that have IPv4, IPv6 or both, at an index that has both.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { HEARS_BOTH } from "../support/ipv6.ts";
import { CAN_MAKE_NAMESPACES, type NetworkHost } from "../support/namespaces.ts";
import { type HostedUser, NamespacedNetwork } from "../support/namespaced_network.ts";

const IN_NAMESPACES = { ignore: !CAN_MAKE_NAMESPACES || !HEARS_BOTH };

/** Gives `host` an address of IPv6. */
async function addIpv6(host: NetworkHost, number: number): Promise<string> {
  const address = `fd77::${number}`;
  await host.ip("-6", "addr", "add", `${address}/64`, "dev", "eth0", "nodad");
  return address;
}

/** An index with addresses of both kinds, and the file that names it. */
async function start() {
  const users = ["hans", "vader", "yoda"];
  const network = await NamespacedNetwork.start({ users, listenOn: "::" });
  const ipv6 = await addIpv6(network.indexHost, 1);
  const { address } = network.indexHost;
  const names = await network.home.write("hosts", `${ipv6} index.test\n${address} index.test\n`);
  return { network, ipv6, names };
}

async function gets({ shell, folder }: HostedUser, name: string): Promise<void> {
  await shell.ask(`get ${name}`, `${name} downloaded successfully`);
  assertEquals(await Deno.readTextFile(`${folder}/${name}`), name);
}

Deno.test(
  "who has only IPv4, and who has only IPv6, fetches from whoever has both",
  IN_NAMESPACES,
  async () => {
    const { network, ipv6, names } = await start();
    await using _ = network;
    const { namespaces } = network;
    const both = await namespaces.addHost();
    await addIpv6(both, 2);
    const onlyIpv6 = await namespaces.addHost();
    await addIpv6(onlyIpv6, 3);
    await onlyIpv6.ip("-4", "addr", "flush", "dev", "eth0");

    const hans = await network.join("hans", { host: both, index: "index.test", names });
    for (const name of ["a.txt", "b.txt"]) {
      await Deno.writeTextFile(`${hans.folder}/${name}`, name);
      await hans.shell.ask(`pub ${name}`, "File published successfully");
    }
    const vader = await network.join("vader");
    await gets(vader, "a.txt");
    const yoda = await network.join("yoda", { host: onlyIpv6, index: ipv6 });
    await gets(yoda, "b.txt");
  },
);
