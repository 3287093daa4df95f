/**
 * How many requests a second the real server answers, and how soon, against a bare UDP echo.
 *
 * @module
 */

import type { Round } from "../clients/load.ts";
import { CLIENTS, type Measured } from "../clients/questions.ts";
import { type Contender, Contenders, LOOPS } from "../contenders.ts";
import { alternate, type Turn } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";

const FULL = { rounds: 9, warmUps: 2 };
const QUICK = { rounds: 1, warmUps: 0 };

/** What the project wants to reach: of the echo's rate, and of the time without a log. */
const AIMS: Readonly<Record<string, number>> = { "get": 0.8, "sealed get": 0.45 };
const LOG_AIM = 1 / 1.1;
const LOGGED = "get, log to a file";

/** The rounds of every contender, by its name. */
type RoundsOf = Readonly<Record<string, readonly Round[]>>;

/** Measures requests over both protocols. */
export async function measureRequests(options: PartOptions): Promise<Result> {
  const rounds = options.isQuick ? QUICK : FULL;
  await using contenders = new Contenders(options.folder, options.signal);
  const results = await alternate(await turnsOf(contenders), rounds);
  return { rows: rowsOf(results), notes: [noteOn(results, rounds.rounds)] };
}

async function turnsOf(contenders: Contenders): Promise<Record<string, Turn<Round>>> {
  const logged = await contenders.server({ log: "log.txt" });
  return {
    "echo": turn(contenders.ask("echo", await contenders.echo()), "get"),
    [LOGGED]: turn(contenders.ask("plain", logged), "get"),
    ...await turnsOfServer(contenders, "plain"),
    ...await turnsOfServer(contenders, "sealed"),
  };
}

/** Publications go to servers of their own, for they make a catalogue grow. */
async function turnsOfServer(contenders: Contenders, kind: "plain" | "sealed") {
  const name = (request: string) => kind === "plain" ? request : `sealed ${request}`;
  const server = contenders.ask(kind, await contenders.server());
  const inMemory = contenders.ask(kind, await contenders.server());
  const onDisk = contenders.ask(kind, await contenders.server({ data: `${kind}.db` }));
  return {
    [name("get")]: turn(server, "get"),
    [name("sch")]: turn(server, "sch"),
    [name("pub, in memory")]: turn(inMemory, "pub"),
    [name("pub, on the disk")]: turn(onDisk, "pub"),
    ...kind === "sealed" ? { [name("heartbeat")]: turn(server, "heartbeat") } : {},
  };
}

function turn(contender: Contender, verb: Measured): Turn<Round> {
  return () => contender(verb);
}

function rowsOf(of: RoundsOf): Row[] {
  const row = (title: string, field: keyof Round, ours: string, bare: string, aim?: number) => {
    const values = (name: string) => of[name]!.map((round) => round[field]);
    const lessIsBetter = ["p50", "p99", "cpuMicros"].includes(field);
    return compare(title, values(ours), values(bare), { lessIsBetter, aim });
  };
  const names = Object.keys(of).filter((name) => name !== "echo");
  const withEcho = (title: string, field: keyof Round, aims: typeof AIMS = {}) => {
    return names.map((name) => row(`${name}, ${title}`, field, name, "echo", aims[name]));
  };
  return [
    ...withEcho("requests/s", "perSecond", AIMS),
    ...withEcho("µs to the answer at half load, median", "p50"),
    ...withEcho("µs to the answer at half load, 99 %", "p99"),
    ...withEcho("CPU µs/request", "cpuMicros"),
    row("get, CPU µs/request with a log, against none", "cpuMicros", LOGGED, "get", LOG_AIM),
    row("logins/s, sealed against plain", "logins", "sealed get", "get"),
  ];
}

function noteOn(of: RoundsOf, rounds: number): string {
  const lost = Object.values(of).flat().reduce((sum, { lost }) => sum + lost, 0);
  return `requests: ${rounds} rounds, ${CLIENTS} requests in flight, ${LOOPS} turns of the echo ` +
    `under way, ${lost} lost`;
}
