/**
 * `bittrickle-server data … --journal`: what is published, in etcd.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { toStderr, toStdout } from "../../cli/write.ts";
import { BitTrickleError } from "../../errors.ts";
import { asEtcdError } from "../../etcd/etcd_error.ts";
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
 * @param isForced Whether an export leaves out what is damaged
 * @throws {BitTrickleError} `usage`, `refused`, `network` or `timeout`; `disk` for what is damaged, or not saved
 */
export async function runEtcdTask(
  task: "check" | "export" | "import",
  flags: EtcdFlags,
  isForced = false,
): Promise<void> {
  if (task === "check") return await checkEtcd(flags);
  if (task === "export") return await exportEtcd(flags, isForced);
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

async function exportEtcd(flags: EtcdFlags, isForced: boolean): Promise<void> {
  for (const lines of toLines(await readAll(flags, isForced))) await toStdout(lines);
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
  } catch (error) {
    const cause = asEtcdError(error);
    if (!(cause instanceof BitTrickleError)) throw cause;
    const reason = `Stopped after ${imported} of ${events.length} publications: ${cause.message}`;
    throw new BitTrickleError(cause.code, `${reason}. Import them again`, { cause });
  }
}

/** All publications, in the order of names. @param isForced Whether what does not open is left out */
async function readAll(flags: EtcdFlags, isForced = false): Promise<CatalogueEvent[]> {
  await using fleet = await Fleet.join(await readEtcdFiles(flags));
  const odd: string[] = [];
  await using journal = await EtcdJournal.open(fleet, { onOddValue: (key) => void odd.push(key) });
  if (odd.length > 0 && !isForced) throw damaged(`${unreadable(odd)}. ${HOW_TO_GO_ON}`);
  if (odd.length > 0) toStderr(`Warning: left out what is damaged: ${unreadable(odd)}\n`);
  return [...journal.entries()];
}

const HOW_TO_GO_ON =
  "Delete such keys with `etcdctl del`, or `data export --force` leaves them out";

/** What is wrong with `keys`, of which there is one at least. */
function unreadable([first, ...others]: readonly string[]): string {
  const key = `"${escapeText(first!)}"`;
  return others.length === 0
    ? `${key} does not open with this cluster key`
    : `${key} and ${others.length} more do not open with this cluster key`;
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
