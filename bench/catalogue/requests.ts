/**
 * What requests cost an index that knows much.
 *
 * @module
 */

import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";
import type { Reply, Request } from "../../lib/protocol/messages.ts";
import { encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { type PublishedFile, publishedFiles } from "../../tests/support/published_files.ts";
import type { Queries } from "./queries.ts";
import { type Times, timesOf } from "./times.ts";

/** Users who are active, of those who publish. */
const ACTIVE = 1_000;
const ASKER = "asker";

/** The times of requests of each verb to an index that knows `files`, in the order of names. */
export function measureRequests(
  files: readonly PublishedFile[],
  names: readonly string[],
  queries: Queries,
): Record<string, Times> {
  const index = indexOf(files);
  const ask = (request: Request, now: number) => {
    const caller = { hostname: "127.0.0.1", port: 1_024, sealed: request.user };
    return encodeSealedReply(index.handle(request, caller, now) as Reply);
  };
  for (let i = 0; i < ACTIVE; i++) admit(index, `user${i}`, 0);
  admit(index, ASKER, 0);
  const user = ASKER;
  const searches = queries["4 to 8 letters"]!;
  const fresh = [...publishedFiles({ users: 1, shared: 1, seed: 99 }).take(4 * names.length)]
    .slice(-names.length);
  return {
    get: timesOf(names, (name) => ask({ verb: "get", user, name }, 0)),
    sch: timesOf(searches, (words) => ask({ verb: "sch", user, text: words.join(" ") }, 1_000)),
    lpf: timesOf(names, (name, i) => {
      ask({ verb: "lpf", user, of: `user${i % ACTIVE}`, after: name }, 2_000);
    }),
    lap: timesOf(names, (_, i) => ask({ verb: "lap", user, after: `user${i % ACTIVE}` }, 3_000)),
    pub: timesOf(fresh, ({ name, details }) => ask({ verb: "pub", user, name, details }, 4_000)),
    unp: timesOf(fresh, ({ name }) => ask({ verb: "unp", user, name }, 5_000)),
  };
}

function indexOf(files: readonly PublishedFile[]): Index {
  const journal: Journal = {
    entries: () => files.values().map((file) => ({ kind: "publish", ...file })),
    append: () => undefined,
  };
  return new Index(Accounts.parse("nobody logs-in-here"), { journal });
}

function admit(index: Index, user: string, now: number) {
  const caller = { hostname: "127.0.0.1", port: 1_024, sealed: user };
  index.admit(user, caller, 1_024, now);
  return caller;
}
