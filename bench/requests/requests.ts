/**
 * How many requests a second the real server answers, and how soon, against a bare UDP echo.
 *
 * @module
 */

import { alternate, type Rounds } from "../rounds.ts";
import type { Result } from "../table.ts";
import { Contenders, LOOPS } from "./contenders.ts";
import type { Contender } from "./contender.ts";
import type { Measured } from "./questions.ts";
import type { Round } from "./round.ts";
import { notesOf, type RoundsOf, rowsOf } from "./summary.ts";

/** Measures requests over both protocols, with files in `folder`. */
export async function measureRequests(
  folder: string,
  signal: AbortSignal,
  rounds: Rounds,
): Promise<Result> {
  if (Deno.build.os !== "linux") return { rows: [], notes: ["requests: measured on Linux only"] };
  await using contenders = new Contenders(folder, signal);
  const turns = await turnsOf(contenders);
  const results = await alternate(turns, rounds) as RoundsOf;
  return { rows: rowsOf(results), notes: notesOf(results, rounds.rounds) };
}

async function turnsOf(contenders: Contenders): Promise<Record<string, () => Promise<Round>>> {
  const tracker = await contenders.tracker();
  const sink = await contenders.echo(LOOPS, true);
  return {
    "echo": turn(await contenders.echo(LOOPS), "get"),
    "echo, one loop": turn(await contenders.echo(1), "get"),
    "sink": turn(sink, "heartbeat"),
    "get, log to a file": turn(await contenders.server("plain", { log: "text" }), "get"),
    ...await turnsOfServer(contenders, "plain"),
    ...await turnsOfServer(contenders, "sealed"),
    ...tracker ? { "opentracker": turn(tracker, "get") } : {},
  };
}

/** Publications go to servers of their own, for they make a catalogue grow. */
async function turnsOfServer(contenders: Contenders, kind: "plain" | "sealed") {
  const name = (request: string) => kind === "plain" ? request : `sealed ${request}`;
  const server = await contenders.server(kind);
  const inMemory = await contenders.server(kind, { log: "off", data: "" });
  const onDisk = await contenders.server(kind, { log: "off", data: "-data" });
  return {
    [name("get")]: turn(server, "get"),
    [name("sch")]: turn(server, "sch"),
    [name("heartbeat")]: turn(server, "heartbeat"),
    [name("pub, in memory")]: turn(inMemory, "pub"),
    [name("pub, on the disk")]: turn(onDisk, "pub"),
  };
}

function turn(contender: Contender, verb: Measured): () => Promise<Round> {
  return () => contender.round(verb);
}
