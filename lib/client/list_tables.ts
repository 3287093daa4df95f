/**
 * Lists as tables, for people.
 *
 * @module
 */

import type { PlacedShare, UserSession } from "../peer/detailed_lists.ts";
import type { List } from "../peer/session/index_session.ts";
import { formatAddress } from "../protocol/address.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import { COUNTED_PUBLISHERS, type Publishers } from "../protocol/publishers.ts";
import type { CommandOptions } from "./command_options.ts";
import { formatSeconds } from "./share_words.ts";
import { type Column, columnsOf, fitTable, wholeTable } from "../cli/table.ts";

/** To how few columns a name is cut before others make room for it, and to which part of the width. */
const LEAST_NAME = 12;
const NAME_PART = 0.4;

/** Before the names of files that the folder holds, and what that means. */
const MARK = "* ";
const NO_MARK = "  ";
const LEGEND = "* in your folder";

type TableOptions = Pick<CommandOptions, "columns" | "long">;

/** What a search has found. */
export function foundTable(
  list: List,
  marks: readonly boolean[],
  options: TableOptions,
): string[] {
  const { details, publishers = [] } = list;
  const ids = list.items.map((_, i) => details?.[i]?.id);
  return fileTable(list, marks, options, [
    { head: "OWNER", cells: publishers.map((it) => it?.user), rank: 3 },
    { head: "DEVICE", cells: publishers.map((it) => it?.device), rank: 4 },
    { head: "SOURCES", cells: publishers.map(sourcesOf), isNumber: true, rank: 2 },
  ], [{ head: "ID", cells: ids }]);
}

/** What a user publishes, and where each is served from. */
export function publishedTable(
  list: List,
  places: readonly PlacedShare[],
  marks: readonly boolean[],
  options: TableOptions,
): string[] {
  return fileTable(list, marks, options, [
    { head: "SERVED", cells: places.map((it) => it.isServed ? "now" : "not now"), rank: 2 },
    { head: "DEVICE", cells: places.map(({ device }) => device), rank: 3 },
  ], [
    { head: "FOLDER", cells: places.map(({ folder }) => folder) },
    { head: "SHARE", cells: places.map(({ share }) => share) },
  ]);
}

/** Who is active, from where and for how long. */
export function peersTable(
  users: readonly string[],
  sessions: readonly UserSession[],
  columns = Infinity,
): string[] {
  if (users.length === 0) return [];
  const sessionsOf = Map.groupBy(sessions, ({ user }) => user);
  const of = users.map((user) => sessionsOf.get(user) ?? []);
  const longest = (all: readonly UserSession[]) => Math.max(...all.map(({ seconds }) => seconds));
  return fitTable([
    { head: "USER", cells: users, least: LEAST_NAME },
    { head: "DEVICE", cells: of.map(devicesOf), rank: 2 },
    {
      head: "FOR",
      cells: of.map((all) => all.length > 0 ? formatSeconds(longest(all)) : undefined),
      isNumber: true,
      rank: 1,
    },
  ], columns);
}

/** The sessions of others, and those of the user. */
export function sessionTables(
  others: readonly UserSession[],
  own: readonly UserSession[],
  columns?: number,
): string[] {
  const othersLines = wholeTable(columnsOf(HEADS, others.map(rowOf)), columns);
  const ownRows = own.map((session) => [...rowOf(session), session.folder]);
  return [
    ...others.length > 0 ? othersLines : [],
    "Your sessions:",
    ...wholeTable(columnsOf([...HEADS, "FOLDER"], ownRows), columns),
  ];
}

const HEADS = ["USER", "DEVICE", "ADDRESS", "FOR", "PROGRAM", "SHARE"];

function rowOf(session: UserSession): (string | undefined)[] {
  const { user, device, share, isStandby, ip, port, seconds, agent } = session;
  const served = share === undefined ? "only asks" : isStandby ? `${share} (standby)` : share;
  const address = formatAddress({ hostname: ip, port });
  return [user, device, address, formatSeconds(seconds), agent, served];
}

/** Names and sizes, with `more` columns beside them, and `rest` where all is to be seen. */
function fileTable(
  { items, details }: List,
  marks: readonly boolean[],
  { columns, long }: TableOptions,
  more: readonly Column[],
  rest: readonly Column[],
): string[] {
  if (items.length === 0) return [];
  // Where all is told, so is this, in words.
  const isMarked = !long && marks.includes(true);
  const mark = (i: number) => !isMarked ? "" : marks[i] ? MARK : NO_MARK;
  const name: Column = {
    head: (isMarked ? NO_MARK : "") + "NAME",
    cells: items.map((item, i) => mark(i) + item),
    least: Math.max(LEAST_NAME, Math.floor((columns ?? 0) * NAME_PART)),
  };
  const here: Column = { head: "HERE", cells: marks.map((it) => it ? "yes" : undefined) };
  const sizes = items.map((_, i) => details?.[i]?.size);
  const size: Column = {
    head: "SIZE",
    cells: sizes.map((bytes) => bytes === undefined ? bytes : formatBytes(bytes)),
    isNumber: true,
    rank: 1,
  };
  const lines = long
    ? wholeTable([name, size, ...more, ...marks.includes(true) ? [here] : [], ...rest], columns)
    : fitTable([name, size, ...more], columns ?? Infinity);
  return isMarked ? [...lines, LEGEND] : lines;
}

/** How many serve a file, of how many who publish it. */
function sourcesOf(publishers: Publishers | undefined): string | undefined {
  if (!publishers) return undefined;
  const { active, all } = publishers;
  const most = (count: number) => count < COUNTED_PUBLISHERS ? String(count) : `${count}+`;
  return `${most(active)}/${most(all)}`;
}

function devicesOf(sessions: readonly UserSession[]): string | undefined {
  const devices = new Set(sessions.flatMap(({ device }) => device ?? []));
  return devices.size > 0 ? [...devices].join(", ") : undefined;
}
