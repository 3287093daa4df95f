import { assert, assertEquals } from "@std/assert";
import { Clients, type ShellUser } from "../support/clients.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { TestIndex } from "../support/test_index.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
/** Longest time that anybody should have to wait to leave, on a busy machine. */
const AT_ONCE_MS = 2_000;

/** Interrupts a program and makes sure that it ends at once, as interrupted. */
async function interrupt({ shell }: ShellUser): Promise<void> {
  const began = performance.now();
  shell.kill("SIGINT");
  assertEquals(await shell.ends(), 130, shell.stderr);
  assert(performance.now() - began < AT_ONCE_MS, `took ${performance.now() - began} ms`);
}

/** Commands that are too long for a message, and what is said of them. */
const TOO_LONG: readonly (readonly [command: string, reason: string])[] = [
  [`sch ${"x".repeat(1_160)}`, "it is longer than 600 bytes"],
  [`lpf ${"%".repeat(1_160)}`, "it is too long"],
  [`get ${"%".repeat(400)}`, "a part of it is longer than 255 bytes"],
];

Deno.test(
  "a request that is too long is refused, and the next one works",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const hans = await network.join("hans");
    for (let i = 0; i < 4; i++) {
      for (const [command] of TOO_LONG) await hans.shell.type(command);
    }
    await hans.shell.ask("lap", "No active peers\n");
    for (const [command, reason] of TOO_LONG) {
      const count = () => hans.shell.stderr.split(reason).length - 1;
      await waitFor(`each "${command.slice(0, 3)}" to be refused`, () => count() === 4);
    }
    await interrupt(hans);
  },
);

Deno.test("Ctrl-C ends a shell at once whose request nobody answers", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  network.server.kill("SIGSTOP");
  for (const command of ["lap", "sch a", "lpf"]) await hans.shell.type(command);
  await hans.shell.warns("No answer from the index");
  await interrupt(hans);
  network.server.kill("SIGCONT");
});

Deno.test("Ctrl-C ends a command at once that is not let in yet", AS_PROCESSES, async () => {
  await using index = new TestIndex();
  let isAsked = false;
  index.lose = () => isAsked = true;
  await using clients = new Clients(await TempFolder.make(), index.address.port, FROM_SOURCE);
  const lap = await clients.begin("hans", "lap");
  await waitFor("a hello", () => isAsked);
  await interrupt(lap);
});
