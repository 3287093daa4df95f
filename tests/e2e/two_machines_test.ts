/**
 * One user on two machines, with commands beside a shell and two shells of one folder.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { FIND_LOST_MS } from "../../lib/protocol/download_limits.ts";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import { type HostedUser, NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";

const IN_NAMESPACES = { ignore: !CAN_MAKE_NAMESPACES };
/** What a new source may take, and what is left of a second for whoever looks for one. */
const TAKEN_OVER_MS = ACTIVE_MS + FIND_LOST_MS;

/** A network with the index, and vader on a machine of his own. */
async function withVader(stack: AsyncDisposableStack) {
  const network = stack.use(await NamespacedNetwork.start({ users: ["hans", "vader"] }));
  const vader = await network.join("vader");
  return { network, vader };
}

/** Writes the file `name` of a device, and publishes it there. */
async function publish({ shell, folder }: HostedUser, name: string): Promise<void> {
  await Deno.writeTextFile(join(folder, name), `what is in ${name}`);
  await shell.ask(`pub ${name}`, "File published successfully");
}

/** Has `who` get `name` within `ms`, and makes sure that it is the right file. */
async function gets({ shell, folder }: HostedUser, name: string, ms?: number): Promise<void> {
  await shell.type(`get ${name}`);
  await shell.shows(`${name} downloaded successfully`, ms);
  const path = join(folder, name);
  assertEquals(await Deno.readTextFile(path), `what is in ${name}`);
  await Deno.remove(path);
}

Deno.test(
  "two machines of a user and three commands beside a shell work at once, and one machine goes on",
  IN_NAMESPACES,
  async () => {
    await using stack = new AsyncDisposableStack();
    const { network, vader } = await withVader(stack);
    const laptop = await network.join("hans", { device: "laptop" });
    const lab = await network.join("hans", { device: "lab" });
    await publish(laptop, "thesis.txt");
    await publish(lab, "data.txt");
    const { host } = laptop;
    const commands = [["lap"], ["lpf"], ["get", "data.txt"]].map((command) => {
      return network.once("hans", { host, device: "laptop" }, ...command);
    });
    const [lap, lpf, get] = await Promise.all(commands);
    assertEquals([lap?.code, lpf?.code, get?.code], [0, 0, 0], get?.stderr);
    assertEquals(lap!.stdout, "1 active peer:\nvader\n");
    assertEquals(lpf!.stdout, "2 files published:\ndata.txt\nthesis.txt\n");
    const gotten = await Deno.readTextFile(join(laptop.folder, "data.txt"));
    assertEquals(gotten, "what is in data.txt");
    for (const name of ["thesis.txt", "data.txt"]) await gets(vader, name);
    laptop.shell.kill("SIGKILL");
    await laptop.shell.ends();
    await gets(vader, "data.txt");
    await vader.shell.ask("lap", "1 active peer:\nhans\n");
  },
);

Deno.test(
  "what a command publishes beside a shell is served by the shell at once",
  IN_NAMESPACES,
  async () => {
    await using stack = new AsyncDisposableStack();
    const { network, vader } = await withVader(stack);
    const { host, folder } = await network.join("hans", { device: "laptop" });
    await Deno.writeTextFile(join(folder, "notes.txt"), "what is in notes.txt");
    const at = { host, device: "laptop" };
    assertEquals((await network.once("hans", at, "pub", "notes.txt")).code, 0);
    await gets(vader, "notes.txt");
    assertEquals((await network.once("hans", at, "unp", "notes.txt")).code, 0);
    await vader.shell.ask("get notes.txt", "File not found");
  },
);

for (const how of ["leaves", "is killed"] as const) {
  Deno.test(
    `a second shell of a folder serves what both have published when the first one ${how}`,
    IN_NAMESPACES,
    async () => {
      await using stack = new AsyncDisposableStack();
      const { network, vader } = await withVader(stack);
      const first = await network.join("hans", { device: "laptop" });
      const { host } = first;
      const second = await network.join("hans", { device: "laptop", host });
      await publish(first, "thesis.txt");
      await publish(second, "notes.txt");
      for (const name of ["thesis.txt", "notes.txt"]) await gets(vader, name);
      if (how === "leaves") await first.shell.type("xit");
      else first.shell.kill("SIGKILL");
      await first.shell.ends();
      for (const name of ["thesis.txt", "notes.txt"]) await gets(vader, name, TAKEN_OVER_MS);
    },
  );
}
