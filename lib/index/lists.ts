/**
 * The lists that the index makes: of active users, their sessions, publications and matches.
 *
 * @module
 */

import { unmapped } from "../protocol/address.ts";
import {
  BUCKETS,
  formatBucket,
  isBucket,
  OWN_SHARE,
  parseBucket,
  type ShareSums,
} from "../protocol/digest.ts";
import { COUNTED_MATCHES, COUNTED_ROWS } from "../protocol/limits.ts";
import type { Reply, Request, ServedShare } from "../protocol/messages.ts";
import { parseSearch, searchFor, type SearchQuery } from "../protocol/search_query.ts";
import type { Catalogue, Publication, Search } from "./catalogue/catalogue.ts";
import { BucketRun } from "./bucket_run.ts";
import { FoundFile } from "./found_file.ts";
import { UNFINISHED } from "./long_work.ts";
import { page, type Row } from "./page.ts";
import { NO_SHARE, refuse, UNKNOWN_PLACE } from "./refusals.ts";
import { SearchRun } from "./search_run.ts";
import type { ServingSessions } from "./serving_sessions.ts";
import type { Session, Sessions } from "./sessions/sessions.ts";

/** A request for a list that may take more than one page. */
export type ListRequest = Request & { verb: "lap" | "lpf" | "sch" | "share" };

/** Does a slice of the work. */
type Run = () => Reply | typeof UNFINISHED;
type Of<V extends ListRequest["verb"]> = ListRequest & { verb: V };

/** What a search is for. */
interface Sought {
  readonly query: SearchQuery;
  readonly after?: string | undefined;
  /** Whose publications do not count. */
  readonly except?: string;
  /** Whether those who publish what is found are counted. */
  readonly isCounted: boolean;
}

/** Stands between a name and a share, or a user and the number of a session: neither has one in it. */
const NAME_END = ":";
const USER_END = " ";

/** Makes the pages of lists. `after` is the place after which a page begins: see {@linkcode Row}. */
export class Lists {
  readonly #sessions: Sessions;
  readonly #serving: ServingSessions;
  readonly #catalogue: Catalogue;
  readonly #searchSlices: number;

  constructor(
    sessions: Sessions,
    serving: ServingSessions,
    catalogue: Catalogue,
    searchSlices: number,
  ) {
    this.#sessions = sessions;
    this.#serving = serving;
    this.#catalogue = catalogue;
    this.#searchSlices = searchSlices;
  }

  /** What makes the list that `asker` asks for by `request`. */
  run(request: ListRequest, asker: Session, now: number): Run {
    switch (request.verb) {
      case "lap":
        return () => page("active peers", this.#active(request, now));
      case "lpf":
        return this.#published(request, asker, now);
      case "sch":
        return this.#search(request, asker, now);
      case "share":
        return () => this.#differences(request, asker.share!);
    }
  }

  *#active({ user, after = "", isDetailed }: Of<"lap">, now: number): Generator<Row> {
    if (isDetailed) return yield* this.#activeSessions(user, after, now);
    for (const name of this.#sessions.activeUsers(now, after)) if (name !== user) yield { name };
  }

  *#activeSessions(asker: string, after: string, now: number): Generator<Row> {
    const [first = "", number = "Infinity"] = after.split(USER_END);
    const rest = this.#sessions.of(first, now).filter((it) => it.number > Number(number));
    for (const session of rest) yield this.#rowOf(session, asker, now);
    for (const user of this.#sessions.activeUsers(now, first)) {
      for (const session of this.#sessions.of(user, now)) yield this.#rowOf(session, asker, now);
    }
  }

  /** Where somebody else's folder is, is nobody's business. */
  #rowOf(session: Session, asker: string, now: number): Row {
    const { user, share, number, address, tcpPort, openedAt, sealed } = session;
    const serving = share && this.#sessions.serving(user, share, now);
    const details = {
      share,
      ip: unmapped(address.hostname),
      port: tcpPort,
      // It may have been opened while the list waited for its turn.
      seconds: Math.max(0, Math.floor((now - openedAt) / 1_000)),
      isStandby: share !== undefined && serving !== session,
      agent: sealed?.agent,
      device: sealed?.device,
      folder: user === asker ? sealed?.folder : undefined,
    };
    return { name: user, session: details, place: `${user}${USER_END}${number}` };
  }

  /** In protocol 1 nobody knows of shares but its own. */
  #published({ user, of = user, after = "", within }: Of<"lpf">, asker: Session, now: number): Run {
    const share = within === undefined && asker.sealed ? undefined : asker.share!;
    const namesAfter = (after: string) => this.#catalogue.namesOf(of, after, share);
    const describe = this.#describer(of, now);
    if (within !== undefined && within !== OWN_SHARE) {
      const run = new BucketRun({ bucket: within, after, namesAfter, describe });
      return () => run.next();
    }
    if (!asker.sealed) return () => page("files published", namesAfter(after));
    const [name = "", from] = after.split(NAME_END);
    if (from === undefined) return () => page("files published", namesAfter(name), describe);
    return () => {
      const others = this.#catalogue.othersOf(of, name, from);
      return page("files published", chain(others, namesAfter(name)), describe);
    };
  }

  /** Describes publications of `user`. Whether a share is served is found out once. */
  #describer(user: string, now: number): (publication: Publication) => Row {
    const shares = new Map<string, ServedShare>();
    const servedShare = (share: string): ServedShare => {
      const isServed = this.#sessions.serving(user, share, now) !== undefined;
      const served = { share, isServed };
      shares.set(share, served);
      return served;
    };
    return ({ share, name, details }) => {
      const from = shares.get(share) ?? servedShare(share);
      return { name, details, from, place: `${name}${NAME_END}${share}` };
    };
  }

  #differences({ user, digest, after }: Of<"share">, share: string): Reply | typeof UNFINISHED {
    const sums = this.#catalogue.sumsOf(user, share);
    if (!sums) return UNFINISHED;
    if (sums.digest() === digest) return { kind: "same" };
    return page("buckets", bucketsIn(sums, after === undefined ? 0 : parseBucket(after) + 1));
  }

  /** What makes the list of the active files that `text` finds, whoever publishes them. */
  found(text: string, after: string, now: number): Run {
    return this.#searchRun({ query: parseSearch(text), after, isCounted: true }, now);
  }

  /** What does a slice of a search. */
  #search({ user, text, after }: Of<"sch">, { sealed }: Session, now: number): Run {
    const query = sealed ? parseSearch(text) : searchFor(text.split(" "));
    return this.#searchRun({ query, after, except: user, isCounted: sealed !== undefined }, now);
  }

  #searchRun({ query, after, except, isCounted }: Sought, now: number): Run {
    const run = new SearchRun({
      searchAfter: (after) => this.#catalogue.search(query, { after, except }),
      filesOf: (search, isCounted) => this.#activeFiles(search, now, isCounted),
      isCounted,
      after,
      most: isCounted ? COUNTED_MATCHES : COUNTED_ROWS,
      slices: this.#searchSlices,
    });
    return () => run.next();
  }

  /**
   * Of each name that `search` finds the first publication that somebody serves; while `isCounted` as a
   * file whose publishers can be counted, which most names are not shown for.
   */
  *#activeFiles(search: Search, now: number, isCounted: () => boolean): Generator<Row> {
    const serving = (publication: Publication) => this.#serving.of(publication, now);
    for (const publications of search) {
      if (isCounted()) {
        const file = FoundFile.among(publications, serving);
        if (file) yield file;
        continue;
      }
      for (const publication of publications) {
        if (!this.#serving.of(publication, now)) continue;
        yield publication;
        break;
      }
    }
  }
}

function* chain<T>(...lists: readonly Iterable<T>[]): Generator<T> {
  for (const list of lists) yield* list;
}

/** The buckets of `sums` that are not empty, from number `first` on. */
function* bucketsIn(sums: ShareSums, first: number): Generator<Row> {
  for (let bucket = first; bucket < BUCKETS; bucket++) {
    const digest = sums.of(bucket);
    if (digest !== undefined) yield { name: formatBucket(bucket), digest };
  }
}

/** Why a list cannot be made. */
export function listFault(request: ListRequest, { share }: Session): Reply | undefined {
  const isOwn = request.verb === "share" || request.verb === "lpf" && request.within !== undefined;
  if (isOwn && share === undefined) return NO_SHARE;
  const isOther = request.verb === "lpf" && isOwn && request.of !== undefined &&
    request.of !== request.user;
  if (isOther) return refuse(400, "only one's own share is listed by buckets");
  const { verb, after } = request;
  if (verb === "share" && after !== undefined && !isBucket(after)) return UNKNOWN_PLACE;
}
