/**
 * `bittrickle-server data … --journal`: what is published, in etcd.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { toStderr, toStdout } from "../../cli/write.ts";
import { BitTrickleError } from "../../errors.ts";
import { EtcdJournal } from "../../fleet/etcd_journal.ts";
import { Fleet } from "../../fleet/fleet.ts";
import type { CatalogueEvent } from "../../index/catalogue/catalogue.ts";
import { escapeText } from "../../protocol/escape.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import { publicationFault } from "../../store/publication_fault.ts";
import type { EtcdFlags } from "../flags/etcd_flags.ts";
import { readEtcdFiles } from "../fleet/etcd_files.ts";
import { inChunks, readPublications, toLines } from "./data_lines.ts";

/** Publications of one transaction, and transactions at once: as many as a busy server's. */
const TOGETHER = 100;
const AT_ONCE = 4;

/**
 * Does `task` with what etcd has.
 *
 * @throws {BitTrickleError} `usage`, `refused`, `network` or `timeout`; `disk` for what is damaged, or not saved
 */
export async function runEtcdTask(
  task: "check" | "export" | "import",
  flags: EtcdFlags,
): Promise<void> {
  if (task === "check") return await checkEtcd(flags);
  if (task === "export") return await exportEtcd(flags);
  await importIntoEtcd(flags);
}

async function checkEtcd(flags: EtcdFlags): Promise<void> {
  const publications = await readAll(flags);
  for (const event of publications) {
    const fault = publicationFault(event);
    if (fault) {
      throw damaged(`"${escapeText(event.name)}" of "${escapeText(event.user)}": ${fault}`);
    }
  }
  toStderr(`Nothing is wrong: ${publications.length} publications\n`);
}

async function exportEtcd(flags: EtcdFlags): Promise<void> {
  for (const lines of toLines(await readAll(flags))) await toStdout(lines);
}

/** What was imported before a failure stays: to repeat it does no harm. */
async function importIntoEtcd(flags: EtcdFlags): Promise<void> {
  const events = newestOf(await readPublications(Deno.stdin.readable));
  await append(flags, events);
  const there = new Set((await readAll(flags)).map(keyOf));
  const lost = events.filter((event) => !there.has(keyOf(event)));
  if (lost.length > 0) {
    const reason = `${lost.length} of ${events.length} publications are not there`;
    throw new BitTrickleError(
      "disk",
      `${reason}: clients have changed them meanwhile, or import them again`,
    );
  }
  toStderr(`${events.length} publications imported, and read again\n`);
}

async function append(flags: EtcdFlags, events: readonly CatalogueEvent[]): Promise<void> {
  await using fleet = await Fleet.join(await readEtcdFiles(flags));
  await using journal = await EtcdJournal.open(fleet);
  journal.follow(() => {}, () => []);
  let imported = 0;
  try {
    await forEachPooled(AT_ONCE, inChunks(events, TOGETHER), async (chunk) => {
      await journal.append(...chunk);
      imported += chunk.length;
    });
  } catch (cause) {
    if (!(cause instanceof BitTrickleError)) throw cause;
    const reason = `Stopped after ${imported} of ${events.length} publications: ${cause.message}`;
    throw new BitTrickleError(cause.code, `${reason}. Import them again`, { cause });
  }
}

/** All publications, in the order of names. */
async function readAll(flags: EtcdFlags): Promise<CatalogueEvent[]> {
  await using fleet = await Fleet.join(await readEtcdFiles(flags));
  let odd = 0;
  await using journal = await EtcdJournal.open(fleet, { onOddValue: () => odd++ });
  if (odd > 0) throw damaged(`${odd} values do not open with this cluster key`);
  return [...journal.entries()];
}

/** The last event of each publication: those of one may go by different transactions. */
function newestOf(events: readonly CatalogueEvent[]): CatalogueEvent[] {
  return [...new Map(events.map((event) => [placeOf(event), event])).values()];
}

function placeOf({ user, share = PLAIN_SHARE, name }: CatalogueEvent): string {
  return [user, share, name].join("\0");
}

function keyOf(event: CatalogueEvent): string {
  const details = event.kind === "publish" ? event.details : undefined;
  return [placeOf(event), details?.size, details?.id].join("\0");
}

function damaged(what: string): BitTrickleError {
  return new BitTrickleError("disk", `What is kept in etcd is damaged: ${what}`);
}
