/**
 * `lap` and `lpf`: in the original's words, or with all that is known.
 *
 * @module
 */

import type { PlacedShare, UserSession } from "../peer/detailed_lists.ts";
import type { Peer } from "../peer/peer.ts";
import type { List } from "../peer/session/index_session.ts";
import { formatAddress } from "../protocol/address.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import type { CommandOptions } from "./command_options.ts";
import { listOutcome } from "./list_outcome.ts";
import type { Outcome } from "./outcome.ts";
import { formatSeconds, sessionFields, shareFields } from "./share_words.ts";
import { tableOf } from "./table.ts";

/** Lists who is active. */
export async function runLap(peer: Peer, { json, long }: CommandOptions): Promise<Outcome> {
  if (!json && !long) return listOutcome(await peer.lap());
  const { list, sessions } = await peer.lists.lap();
  const { lines, fields } = listOutcome(list);
  if (!sessions) return { lines, fields };
  return {
    lines: long ? sessionLines(lines[0]!, list, sessions) : lines,
    fields: { ...fields, sessions: sessions.map(sessionFields) },
  };
}

/** Lists what `user` publishes, or the one who asks. */
export async function runLpf(
  peer: Peer,
  user: string | undefined,
  { json, long }: CommandOptions,
): Promise<Outcome> {
  if (!json && !long) return listOutcome(byName(await peer.lpf(user)));
  const { list, places } = await peer.lists.lpf(user);
  const { lines: [heading], fields } = listOutcome(list);
  const { lines } = listOutcome(byName(list));
  if (!places) return { lines, fields };
  return {
    lines: long ? fileLines(heading!, list, places) : lines,
    fields: { ...fields, shares: places.map(shareFields) },
  };
}

/** The list with each name once, from how many shares ever it is published. */
function byName({ details: _, ...list }: List): List {
  return { ...list, items: [...new Set(list.items)] };
}

/** The sessions of others, and then those of the user, whose folders are known. */
function sessionLines(
  heading: string,
  { items }: List,
  sessions: readonly UserSession[],
): string[] {
  const others = sessions.filter(({ user }) => items.includes(user));
  const own = sessions.filter(({ user }) => !items.includes(user));
  const othersLines = others.length > 0 ? tableOf(HEADS, others.map(rowOf)) : [];
  const ownRows = own.map((session) => [...rowOf(session), session.folder]);
  return [heading, ...othersLines, "Your sessions:", ...tableOf([...HEADS, "FOLDER"], ownRows)];
}

const HEADS = ["USER", "DEVICE", "ADDRESS", "FOR", "PROGRAM", "SHARE"];

function rowOf(session: UserSession): (string | undefined)[] {
  const { user, device, share, isStandby, ip, port, seconds, agent } = session;
  const served = share === undefined ? "only asks" : isStandby ? `${share} (standby)` : share;
  const address = formatAddress({ hostname: ip, port });
  return [user, device, address, formatSeconds(seconds), agent, served];
}

function fileLines(heading: string, { items, details }: List, places: readonly PlacedShare[]) {
  const rows = places.map(({ share, isServed, device, folder }, i) => {
    const size = details?.[i]?.size;
    const served = isServed ? "now" : "not now";
    return [items[i], size === undefined ? size : formatBytes(size), served, device, folder, share];
  });
  return [heading, ...tableOf(["NAME", "SIZE", "SERVED", "DEVICE", "FOLDER", "SHARE"], rows)];
}
