/**
 * How long a person waits for a client to begin: against the least that the runtime can do, a program
 * that says hello.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { Network } from "../../tests/support/network.ts";
import { FROM_SOURCE, NOT_CONFIGURED, type Programs } from "../../tests/support/program.ts";
import { alternate, median } from "../rounds.ts";
import { compare, joinResults, type PartOptions, type Result, type Row } from "../table.ts";
import { compileAll } from "./compile.ts";

const HELLO = fromFileUrl(new URL("hello.ts", import.meta.url));

/** What a one-shot with a login may take longer than a hello, in milliseconds. */
const AIM_MS = 120;

const ROUNDS = { full: { rounds: 21, warmUps: 2 }, quick: { rounds: 3, warmUps: 1 } };

/** One way of starting programs. */
interface Kind {
  readonly name: string;
  readonly programs: Programs;
  readonly hello: readonly string[];
}

/** Measures the start of the client from its sources, and compiled where that can be done. */
export async function measureStart({ folder, isQuick, signal }: PartOptions): Promise<Result> {
  const sources = {
    name: "from sources",
    programs: FROM_SOURCE,
    hello: [Deno.execPath(), "run", "--quiet", HELLO],
  };
  const results = [await measureKind(sources, isQuick, signal)];
  const compiled = await compileAll(folder, HELLO);
  if (compiled) {
    results.push(await measureKind({ name: "compiled", ...compiled }, isQuick, signal));
    results.push(await measureSizes(compiled));
  } else results.push({ rows: [], notes: ["start: nothing can be compiled here"] });
  return joinResults(results);
}

/** How large the executables are, beside the least that one can be. */
async function measureSizes({ programs, hello }: Omit<Kind, "name">): Promise<Result> {
  const megabytes = async ([path = ""]: readonly string[]) => {
    return [(await Deno.stat(path)).size / 1_000_000];
  };
  const bare = await megabytes(hello);
  const row = async (name: keyof Programs) => {
    const ours = await megabytes(programs[name]);
    return compare(`size of the ${name}, MB`, ours, bare, { lessIsBetter: true });
  };
  return { rows: [await row("client"), await row("server")], notes: [] };
}

async function measureKind(kind: Kind, isQuick: boolean, signal: AbortSignal): Promise<Result> {
  await using network = await Network.start(kind.programs);
  const { client, server } = kind.programs;
  const index = [...client, String(network.port), "--user", "hans"];
  const run = (words: readonly string[], input = "") => {
    signal.throwIfAborted();
    return timeRun(words, input, network.home.path);
  };
  const times = await alternate({
    hello: () => run(kind.hello),
    version: () => run([...client, "--version"]),
    serverVersion: () => run([...server, "--version"]),
    lap: () => run([...index, "lap"]),
    shell: () => run(index, "xit\n"),
  }, isQuick ? ROUNDS.quick : ROUNDS.full);
  return { rows: rowsOf(kind.name, times), notes: [noteOf(kind.name, times)] };
}

type Times = Record<"hello" | "version" | "serverVersion" | "lap" | "shell", readonly number[]>;

function rowsOf(name: string, { hello, version, serverVersion, lap, shell }: Times): Row[] {
  const bare = median(hello);
  const aim = bare / (bare + AIM_MS);
  const row = (what: string, ours: readonly number[], aim?: number) => {
    return compare(`start of ${what}, ${name}, ms`, ours, hello, { aim, lessIsBetter: true });
  };
  return [
    row("--version", version),
    row("--version of the server", serverVersion),
    row("lap", lap, aim),
    row("a shell, and xit", shell),
  ];
}

function noteOf(name: string, { hello, lap }: Times): string {
  const more = lap.map((ms, i) => ms - hello[i]!);
  return `a lap with its login takes ${median(more).toFixed(0)} ms more than a hello, ${name}; ` +
    `${AIM_MS} are the aim`;
}

/** How long a program runs that is given `input`, in milliseconds. */
async function timeRun(words: readonly string[], input: string, home: string): Promise<number> {
  const [name, ...args] = words;
  const env = {
    ...NOT_CONFIGURED,
    BITTRICKLE_PASSWORD: "pw-hans",
    XDG_STATE_HOME: join(home, "state"),
  };
  const began = performance.now();
  const command = new Deno.Command(name!, {
    args,
    env,
    cwd: home,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  });
  await using child = command.spawn();
  const writer = child.stdin.getWriter();
  if (input !== "") await writer.write(new TextEncoder().encode(input));
  await writer.close().catch(() => {});
  const { success, stderr } = await child.output();
  if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return performance.now() - began;
}
