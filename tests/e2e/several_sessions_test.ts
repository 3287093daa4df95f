/**
 * One user on several devices at a time, and with commands beside a shell.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Network, type ShellUser } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** A shell of hans on a device of its own: with a folder and a state of that name. */
async function deviceOf(network: Network, name: string): Promise<ShellUser> {
  const env = {
    BITTRICKLE_PASSWORD: "pw-hans",
    XDG_STATE_HOME: network.home.pathOf(`${name}-state`),
  };
  const device = await network.client(name, ["--user", "hans"], env);
  await device.shell.shows("Available commands are:");
  return device;
}

/** Gets `name` as vader, who has it not yet, and returns what is in it. */
async function gotten(network: Network, name: string): Promise<string> {
  const path = network.home.pathOf(`vader/${name}`);
  const { code, stderr } = await network.once("vader", "get", name);
  assertEquals(code, 0, stderr);
  const text = await Deno.readTextFile(path);
  await Deno.remove(path);
  return text;
}

Deno.test(
  "two devices of a user serve their files, and commands run beside them",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const laptop = await deviceOf(network, "laptop");
    const lab = await deviceOf(network, "lab");
    for (const [device, name] of [[laptop, "thesis.txt"], [lab, "data.txt"]] as const) {
      await Deno.writeTextFile(join(device.folder, name), name);
      await device.shell.ask(`pub ${name}`, "File published successfully");
    }
    const beside = await Promise.all([
      network.once("hans", "lap"),
      network.once("hans", "lpf"),
      network.once("hans", "sch", "a"),
    ]);
    assertEquals(beside.map(({ code }) => code), [0, 0, 0]);
    assertEquals(beside[1]!.stdout, "2 files published:\ndata.txt\nthesis.txt\n");
    assertEquals((await network.once("vader", "lap")).stdout, "1 active peer:\nhans\n");
    for (const name of ["thesis.txt", "data.txt"]) assertEquals(await gotten(network, name), name);
    await laptop.shell.type("xit");
    await laptop.shell.ends();
    assertEquals(await gotten(network, "data.txt"), "data.txt");
    assertEquals((await network.once("vader", "get", "thesis.txt")).code, 3);
  },
);

Deno.test(
  "a second shell of one folder serves it when the first one is killed",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const first = await deviceOf(network, "laptop");
    await Deno.writeTextFile(join(first.folder, "a.txt"), "a");
    await first.shell.ask("pub a.txt", "File published successfully");
    const second = await deviceOf(network, "laptop");
    assertEquals(await gotten(network, "a.txt"), "a");
    first.shell.kill("SIGKILL");
    await first.shell.ends();
    assertEquals(await gotten(network, "a.txt"), "a");
    await second.shell.type("xit");
    await second.shell.ends();
  },
);

Deno.test("what a command publishes or withdraws beside a shell the shell serves, or no more", {
  ...AS_PROCESSES,
}, async () => {
  await using network = await Network.start();
  const { shell, folder } = await deviceOf(network, "hans");
  const env = { XDG_STATE_HOME: network.home.pathOf("hans-state"), BITTRICKLE_PASSWORD: "pw-hans" };
  const beside = async (...args: string[]) => {
    const { shell } = await network.client("hans", ["--user", "hans", ...args], env);
    // Nothing more is to be done: the shell serves it.
    assertEquals(await shell.finish().then(({ code, stderr }) => [code, stderr]), [0, ""]);
  };
  await Deno.writeTextFile(join(folder, "a.txt"), "a");
  await beside("pub", "a.txt");
  assertEquals(await gotten(network, "a.txt"), "a");
  await Deno.writeTextFile(join(folder, "a.txt"), "another");
  await beside("pub", "a.txt");
  assertEquals(await gotten(network, "a.txt"), "another");
  await beside("unp", "a.txt");
  assertEquals((await network.once("vader", "get", "a.txt")).code, 3);
  await shell.type("xit");
  await shell.ends();
  assert(!shell.stderr.includes("a.txt"), shell.stderr);
});
