/**
 * How long many need for one file that one source has, and what that costs the source.
 *
 * @module
 */

import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { Class, type Disturbance, type Outcome } from "./class.ts";

const FULL = { downloaders: 16, mebibytes: 128, killed: 4 };
const QUICK = { downloaders: 6, mebibytes: 32, killed: 2 };
/** Time of the last over that of one alone, and copies that the source sends: what is aimed at. */
const AIMS = { last: 1 / 1.3, sent: 1 / 1.25 };
/** Copies after which the source is killed, or as soon as it has nothing more to send. */
const COPIES = 1.3;

/** Measures swarms: undisturbed, with the source killed, and with some downloaders killed. */
export async function measureSwarm(options: PartOptions): Promise<Result> {
  const { isQuick, pieces, signal, rate = "10M" } = options;
  const { downloaders, mebibytes, killed } = isQuick ? QUICK : FULL;
  const disturbances: Readonly<Record<string, Disturbance | undefined>> = {
    "": undefined,
    ", source killed": killSource(),
    [`, ${killed} killed midway`]: killDownloaders(killed, mebibytes),
  };
  const rows: Row[] = [];
  const notes = [`swarm: ${downloaders} downloaders, ${mebibytes} MiB, each line ${rate} each way`];
  for (const [how, disturb] of Object.entries(disturbances)) {
    signal.throwIfAborted();
    await using members = await Class.start(downloaders, mebibytes, rate);
    const alone = await members.download(1);
    const outcome = await members.download(downloaders, disturb);
    rows.push(...rowsOf(`${downloaders}${how}`, members.size, alone, outcome));
    if (disturb === undefined && pieces !== undefined) {
      await Deno.writeTextFile(pieces, JSON.stringify(outcome.samples));
    }
  }
  return { rows, notes };
}

function rowsOf(who: string, size: number, alone: Outcome, { seconds, sent }: Outcome): Row[] {
  const less = { lessIsBetter: true };
  const last = Math.max(...seconds);
  return [
    compare(`last of ${who}, s`, [last], alone.seconds, { ...less, aim: AIMS.last }),
    compare(`source of ${who}, MB`, [sent / 1e6], [size / 1e6], { ...less, aim: AIMS.sent }),
  ];
}

function killSource(): Disturbance {
  let before = 0;
  return (members) => {
    const { sent, size } = members;
    const isIdle = sent === before && sent > size;
    before = sent;
    if (isIdle || sent > COPIES * size) members.killSource();
  };
}

function killDownloaders(count: number, mebibytes: number): Disturbance {
  return (members, { pieces }) => {
    if (Math.min(...pieces.slice(0, count)) >= mebibytes / 2) members.killDownloaders(count);
  };
}
