/**
 * Publishing and withdrawing: done when the journal says so, and not before.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { Tally } from "../../collections/tally.ts";
import { BitTrickleError } from "../../errors.ts";
import { CHANGES_AT_ONCE } from "../../protocol/limits.ts";
import type { ErrorCode, FileDetails, Reply } from "../../protocol/messages.ts";
import { PLAIN_SHARE, SHARES_PER_USER } from "../../protocol/share.ts";
import { Catalogue, type CatalogueEvent, isSame } from "./catalogue.ts";
import type { Journal } from "./journal.ts";

/** Who publishes, and from where. */
export interface Publisher {
  readonly user: string;
  readonly share: string;
  /** Whether what is in {@linkcode PLAIN_SHARE} is taken over from there. */
  readonly adopts?: boolean;
}

const TOO_MANY_SHARES = refuse(
  413,
  `publications from ${SHARES_PER_USER} shares, and no more are allowed: ` +
    "withdraw those of a share that is gone with unp --everywhere",
);

/**
 * The catalogue and its journal. An event is applied when it is kept, so that nobody ever sees what a
 * crash would take back, and a journal that fails leaves nothing to undo. What depends on an event
 * that is still on its way waits for it, and is decided on what came of it.
 */
export class Publications {
  /** What has been kept. */
  readonly catalogue: Catalogue;
  readonly #journal: Journal;
  /** The newest change on its way, by publication. */
  readonly #changing = new Map<string, Promise<Reply>>();
  /** Publications on their way, by user. */
  readonly #coming = new Tally();
  /** Changes that wait, by user. */
  readonly #waiting = new Tally();

  /** Reads what `journal` has into `catalogue`, which is empty. */
  constructor(journal: Journal, catalogue: Catalogue = new Catalogue()) {
    this.#journal = journal;
    this.catalogue = catalogue;
    for (const event of journal.entries()) catalogue.apply(event);
    catalogue.settle();
  }

  /**
   * Publishes `name`; publishing it again tells what is known of the file now. What nobody serves is
   * taken over from {@linkcode PLAIN_SHARE}.
   */
  publish(
    { user, share, adopts }: Publisher,
    name: string,
    details: FileDetails | undefined,
  ): MaybePromise<Reply> {
    return this.#inTurn(user, name, () => {
      const { catalogue } = this;
      const isAdopted = adopts && catalogue.has(user, name);
      const event = { kind: "publish", user, share, name, details } as const;
      if (isAdopted) return this.#adopt({ ...event, isAdopted });
      if (!catalogue.has(user, name, share)) return this.#add(event);
      const isKnown = isSame(catalogue.detailsOf(user, name, share), details);
      return isKnown ? { kind: "published" } : this.#keep(event, { kind: "published" });
    });
  }

  /**
   * Takes back that `name` is published from that share; or, if it is not, from the one that it would
   * be taken over from.
   */
  withdraw({ user, share, adopts }: Publisher, name: string): MaybePromise<Reply> {
    return this.#inTurn(user, name, () => {
      const shares = adopts ? [share, PLAIN_SHARE] : [share];
      const holder = shares.find((share) => this.catalogue.has(user, name, share));
      if (holder === undefined) return { kind: "not published" };
      return this.#keep({ kind: "withdraw", user, share: holder, name }, { kind: "unpublished" });
    });
  }

  /** Takes back that `user` publishes `name` from any share. */
  withdrawEverywhere(user: string, name: string): MaybePromise<Reply> {
    return this.#inTurn(user, name, () => {
      if (!this.catalogue.hasAnywhere(user, name)) return { kind: "not published" };
      const event = { kind: "withdraw", user, name, isEverywhere: true } as const;
      return this.#keep(event, { kind: "unpublished" });
    });
  }

  /** Changes of one publication are decided one after the other. */
  #inTurn(user: string, name: string, change: () => MaybePromise<Reply>): MaybePromise<Reply> {
    const isFull = this.#waiting.total >= CHANGES_AT_ONCE.inAll;
    if (isFull || this.#waiting.of(user) >= CHANGES_AT_ONCE.each) {
      return refuse(500, cannotSave("the disk is too slow"));
    }
    const key = `${user} ${name}`;
    const earlier = this.#changing.get(key);
    const reply = earlier ? earlier.then(change, change) : change();
    if (!(reply instanceof Promise)) return reply;
    this.#waiting.add(user, 1);
    this.#changing.set(key, reply);
    const forget = () => {
      this.#waiting.add(user, -1);
      if (this.#changing.get(key) === reply) this.#changing.delete(key);
    };
    reply.then(forget, forget);
    return reply;
  }

  #adopt(event: CatalogueEvent): MaybePromise<Reply> {
    const { user, share = PLAIN_SHARE } = event;
    if (!this.catalogue.hasRoomFor(user, share)) return TOO_MANY_SHARES;
    return this.#keep(event, { kind: "published" });
  }

  #add(event: CatalogueEvent): MaybePromise<Reply> {
    const { user, share = PLAIN_SHARE } = event;
    if (!this.catalogue.hasRoomFor(user, share)) return TOO_MANY_SHARES;
    if (this.catalogue.isFull(user, this.#coming.of(user))) {
      return refuse(413, "too many publications");
    }
    const reply = this.#keep(event, { kind: "published" });
    if (!(reply instanceof Promise)) return reply;
    this.#coming.add(user, 1);
    return reply.finally(() => this.#coming.add(user, -1));
  }

  #keep(event: CatalogueEvent, reply: Reply): MaybePromise<Reply> {
    const kept = () => {
      this.catalogue.apply(event);
      return reply;
    };
    return this.#journal.append(event)?.then(kept, refuseUnkept) ?? kept();
  }
}

function refuseUnkept(error: unknown): Reply {
  if (error instanceof BitTrickleError) return refuse(500, cannotSave(error.message));
  throw error;
}

function cannotSave(reason: string): string {
  return `the index cannot save this: ${reason}`;
}

function refuse(code: ErrorCode, reason: string): Reply {
  return { kind: "error", code, reason };
}
