/**
 * Whoever reads what a client writes may be slow, or stop to: a pager that is not scrolled.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { someBytes } from "../support/bytes.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { NOT_CONFIGURED } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
/** What all of them write is more than a pipe holds. */
const MANY_HELPS = 100;
/** More than a client keeps for a reader before it takes the next line. */
const TOO_MANY_HELPS = 2_000;
/** Longer than the index waits for a client from which it hears nothing, in milliseconds. */
const SILENCE_MS = 8_000;

/** A shell of hans, whose standard output nobody reads. */
class UnreadShell implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(network: Network, args: readonly string[] = []) {
    const [name = "", ...words] = network.programs.client;
    this.child = new Deno.Command(name, {
      args: [...words, network.typedIndex, "--user", "hans", ...args],
      cwd: network.home.pathOf("hans"),
      env: {
        ...NOT_CONFIGURED,
        XDG_STATE_HOME: network.home.pathOf("state"),
        BITTRICKLE_PASSWORD: "pw-hans",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.child.stdin.getWriter();
  }

  async type(...lines: readonly string[]): Promise<void> {
    await this.#input.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  async endInput(): Promise<void> {
    await this.#input.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#input.close().catch(() => {});
    await this.child.stdout.cancel().catch(() => {});
    await this.child.status;
  }
}

/** An index where hans has published `film`, in a shell that is stuck in its output. */
async function networkWithStuckHans(
  helps: number,
): Promise<{ network: Network; hans: UnreadShell }> {
  const network = await Network.start();
  await Deno.mkdir(network.home.pathOf("hans"));
  await Deno.writeFile(join(network.home.pathOf("hans"), "film"), someBytes(3_000_000));
  const hans = new UnreadShell(network);
  await hans.type("pub film", ...Array(helps).fill("help"));
  return { network, hans };
}

Deno.test("a reader that reads nothing keeps no transfer waiting", AS_PROCESSES, async () => {
  const { network, hans } = await networkWithStuckHans(MANY_HELPS);
  await using _network = network;
  await using _hans = hans;
  const vader = await network.join("vader");
  await waitFor("the publication", async () => {
    await vader.shell.ask("sch film", "found");
    return vader.shell.stdout.includes("film");
  });
  const end = performance.now() + SILENCE_MS;
  while (performance.now() < end) await vader.shell.ask("lap", "1 active peer");
  await vader.shell.ask("get film", "film downloaded successfully");
  await hans.endInput();
  const written = await new Response(hans.child.stdout).text();
  assert(written.split("wait [number]").length > MANY_HELPS, "all of it can be read later");
  assert(written.endsWith("Goodbye!\n"));
  assertEquals((await hans.child.status).code, 0);
});

Deno.test("whoever is stopped waits a second for a reader", AS_PROCESSES, async () => {
  const { network, hans } = await networkWithStuckHans(TOO_MANY_HELPS);
  await using _network = network;
  await using _hans = hans;
  const vader = await network.join("vader");
  await waitFor("the publication", async () => {
    await vader.shell.ask("sch film", "found");
    return vader.shell.stdout.includes("film");
  });
  const started = performance.now();
  hans.child.kill("SIGTERM");
  assertEquals((await hans.child.status).code, 130);
  assert(performance.now() - started < 5_000);
});
