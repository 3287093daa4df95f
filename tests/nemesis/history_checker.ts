/**
 * Whether what the clients of a fleet did and saw could have happened at one index that never fails.
 *
 * @module
 */

import { SESSIONS_PER_USER } from "../../lib/protocol/share.ts";
import type { Command, Happening, View } from "./history.ts";
import { UserHistory } from "./user_history.ts";

/** What the servers say in the end, each by a client of its own. */
export type EndState = readonly View[];

/**
 * What is wrong, a sentence each. The commands of a user are one after the other, so that at every moment
 * a prefix of them is in effect, without some of those that were not acknowledged. Each view has to be
 * that of such a prefix, and none of an earlier one than the same observer has seen; that of the user has
 * all that was acknowledged to it before.
 *
 * @param happenings Those of each client in their order
 */
export function violationsIn(happenings: readonly Happening[], end: EndState): string[] {
  const users = new Map<string, UserHistory>();
  for (const [user, commands] of Map.groupBy(happenings.filter(isCommand), (it) => it.user)) {
    users.set(user, new UserHistory(commands));
  }
  const look = (view: View, at: number) => users.get(view.of)?.look(view, at) ?? [];
  return [
    ...happenings.flatMap((it): string[] => {
      if (it.type === "view") return look(it, it.observer === it.of ? it.began : -Infinity);
      if (it.type === "fault") return [`${it.user}: ${it.reason}`];
      if (it.type !== "sessions" || it.count <= SESSIONS_PER_USER) return [];
      return [`${it.observer} is told that ${it.of} has ${it.count} sessions`];
    }),
    ...end.flatMap((view) => look(view, Infinity)),
    ...differences(end),
  ];
}

/** Where servers do not agree in the end. */
function differences(end: EndState): string[] {
  return [...Map.groupBy(end, ({ of }) => of)].flatMap(([user, views]) => {
    const told = new Set(views.map(({ names }) => names.toSorted().join(" ")));
    return told.size > 1 ? [`the servers do not agree on what ${user} publishes`] : [];
  });
}

function isCommand(it: Happening): it is Command {
  return it.type === "command";
}
