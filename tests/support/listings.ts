/**
 * Listings as a person sees them on terminals of several widths.
 *
 * @module
 */

import { COMMANDS } from "../../lib/client/commands.ts";
import { parseInvocation } from "../../lib/client/invocation.ts";
import { splitWords } from "../../lib/client/words.ts";
import type { DetailedLists, PlacedShare, UserSession } from "../../lib/peer/detailed_lists.ts";
import type { Peer } from "../../lib/peer/peer.ts";
import type { List } from "../../lib/peer/session/index_session.ts";
import { escapeText } from "../../lib/protocol/escape.ts";

export const WIDTHS = [20, 40, 80, 200] as const;
export const LISTINGS = [
  "sch lab",
  "sch lab --sort size --limit 3",
  "sch lab --long",
  "lpf hans",
  "lpf hans --sort size",
  "lpf hans --long",
  "lap",
  "lap --long",
] as const;

const ID = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

const FILES = [
  { name: "lab3.pdf", size: 420_000_000, user: "hans", device: "laptop", active: 2, all: 3 },
  { name: "lab/2026/measurements, second try.csv", size: 999, user: "vader", active: 1, all: 1 },
  {
    name: "lab/映画、とても長い名前🎬❤️.mkv",
    size: 4_700_000_000,
    user: "a-user-with-a-long-name",
    active: 99,
    all: 99,
  },
  {
    name: "lab\x1b[2J\u202efdp.exe\r\n\t",
    size: 0,
    user: "m\x9ballory",
    device: "evil\u2028device",
    active: 1,
    all: 12,
  },
  { name: "lab/e\u0301te\u0301/notes.txt", size: undefined, user: "yoda", active: 1, all: 2 },
];

const FOUND: List = {
  kind: "list",
  of: "files found",
  items: FILES.map(({ name }) => name),
  details: FILES.map(({ size }, i) => {
    return size === undefined ? undefined : { size, id: ID.slice(i) + ID.slice(0, i) };
  }),
  publishers: FILES.map(({ name: _, size: __, ...publishers }) => publishers),
  more: 7,
};

const PLACES: PlacedShare[] = FILES.map(({ device }, i) => ({
  share: `${i}123456789abcdef`,
  isServed: i !== 1,
  device,
  ...i === 0 ? { folder: "~/lab\x07" } : {},
}));

const SESSIONS: UserSession[] = [
  {
    user: "hans",
    share: "0123456789abcdef",
    ip: "192.0.2.1",
    port: 5_000,
    seconds: 59,
    isStandby: false,
    agent: "bittrickle-client/0.1.0",
    device: "laptop",
  },
  {
    user: "hans",
    share: "1123456789abcdef",
    ip: "192.0.2.2",
    port: 5_001,
    seconds: 86_400,
    isStandby: true,
    agent: "bittrickle-client/0.1.0",
    device: "lab",
  },
  { user: "映画-user", ip: "2001:db8::1", port: 65_535, seconds: 3_600, isStandby: false },
  {
    user: "m\x1ballory",
    ip: "192.0.2.3",
    port: 5_002,
    seconds: 1,
    isStandby: false,
    agent: "\x1b[31m",
    device: "\u202ex",
  },
  {
    user: "me",
    share: "2123456789abcdef",
    ip: "192.0.2.4",
    port: 5_003,
    seconds: 7,
    isStandby: false,
    device: "here",
    folder: "~/share",
  },
];

const LISTS: Partial<DetailedLists> = {
  lap: () => {
    const items = ["hans", "映画-user", "m\x1ballory"];
    const list: List = { kind: "list", of: "active peers", items, more: 0 };
    return Promise.resolve({ list, sessions: SESSIONS });
  },
  lpf: () => {
    const { publishers: _, ...rest } = FOUND;
    const list = { ...rest, of: "files published" as const, more: 0 };
    return Promise.resolve({ list, places: PLACES, here: [true] });
  },
  sch: () => Promise.resolve({ list: FOUND, here: [false, true] }),
};

/** What `line` shows on a terminal of so many columns. */
export async function listingOf(line: string, columns: number): Promise<string[]> {
  const { verb, args, flags } = parseInvocation(splitWords(line));
  const peer = { lists: LISTS } as unknown as Peer;
  const { lines } = await COMMANDS.get(verb)!.run(peer, args, { ...flags, columns });
  return lines.map(escapeText);
}

/** All listings on terminals of all widths. */
export async function allListings(): Promise<Record<string, string[]>> {
  const shown: Record<string, string[]> = {};
  for (const line of LISTINGS) {
    for (const width of WIDTHS) shown[`${line} at ${width}`] = await listingOf(line, width);
  }
  return shown;
}
