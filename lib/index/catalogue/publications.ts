/**
 * Publishing and withdrawing: done when the journal says so, and not before.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { Tally } from "../../collections/tally.ts";
import { BitTrickleError } from "../../errors.ts";
import { CHANGES_AT_ONCE } from "../../protocol/limits.ts";
import type { ErrorCode, PublishedFile, Reply } from "../../protocol/messages.ts";
import { PLAIN_SHARE, SHARES_PER_USER } from "../../protocol/share.ts";
import { Catalogue, type CatalogueEvent, isSame } from "./catalogue.ts";
import type { Journal } from "./journal.ts";

/** Who publishes, and from where. */
export interface Publisher {
  readonly user: string;
  readonly share: string;
  /** Whether what is in {@linkcode PLAIN_SHARE} is taken over from there. */
  readonly adopts?: boolean;
  /** The name of the session that asks, if it is one of protocol 2. */
  readonly by?: string | undefined;
}

/** What is to be kept of a file that is published. */
interface Change {
  readonly event: CatalogueEvent;
  /** Whether the user has one publication more by it. */
  readonly isNew: boolean;
}

/** Hears that something of `share` of `user` was withdrawn. */
export type OnWithdrawn = (user: string, share: string) => void;

const PUBLISHED: Reply = { kind: "published" };
const TOO_MANY = refuse(413, "too many publications");
const TOO_MANY_SHARES = refuse(
  413,
  `publications from ${SHARES_PER_USER} shares, and no more are allowed: ` +
    "withdraw those of a share that is gone with unp --everywhere",
);

/**
 * The catalogue and its journal. The journal tells an event when it is kept, so that nobody ever sees what
 * a crash would take back, and a journal that fails leaves nothing to undo. What depends on an event
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
  /** Publications that are just withdrawn here. */
  readonly #withdrawing = new Set<string>();
  readonly #onWithdrawn: OnWithdrawn;

  /**
   * Reads what `journal` has into `catalogue`, which is empty.
   *
   * @param onWithdrawn Hears of what was withdrawn, but not by a request here
   */
  constructor(
    journal: Journal,
    catalogue: Catalogue = new Catalogue(),
    onWithdrawn: OnWithdrawn = () => {},
  ) {
    this.#journal = journal;
    this.#onWithdrawn = onWithdrawn;
    this.catalogue = catalogue;
    for (const event of journal.entries()) catalogue.apply(event);
    catalogue.settle();
    journal.follow((event) => this.#apply(event), () => catalogue.publications());
  }

  /**
   * Publishes `files`, all or none, each under another name; publishing a name again tells what is
   * known of the file now. What nobody serves is taken over from {@linkcode PLAIN_SHARE}.
   */
  publish(publisher: Publisher, files: readonly PublishedFile[]): MaybePromise<Reply> {
    const { user, share } = publisher;
    return this.#inTurn(user, files.map(({ name }) => name), () => {
      const changes = files.flatMap((file) => this.#changeOf(publisher, file) ?? []);
      if (changes.length === 0) return PUBLISHED;
      if (!this.catalogue.hasRoomFor(user, share)) return TOO_MANY_SHARES;
      return this.#publish(user, changes);
    });
  }

  /**
   * Takes back that `name` is published from that share; or, if it is not, from the one that it would
   * be taken over from.
   */
  withdraw({ user, share, adopts, by }: Publisher, name: string): MaybePromise<Reply> {
    return this.#inTurn(user, [name], () => {
      const shares = adopts ? [share, PLAIN_SHARE] : [share];
      const holder = shares.find((share) => this.catalogue.has(user, name, share));
      if (holder === undefined) return { kind: "not published" };
      const event = { kind: "withdraw", user, share: holder, name, by } as const;
      return this.#withdraw(event);
    });
  }

  /** Takes back that `user` publishes `name` from any share. */
  withdrawEverywhere(user: string, name: string, by?: string): MaybePromise<Reply> {
    return this.#inTurn(user, [name], () => {
      if (!this.catalogue.hasAnywhere(user, name)) return { kind: "not published" };
      const event = { kind: "withdraw", user, name, isEverywhere: true, by } as const;
      return this.#withdraw(event);
    });
  }

  /** Whoever asks for it knows; all others are told by the journal only. */
  #withdraw(event: CatalogueEvent): MaybePromise<Reply> {
    const key = keyOf(event);
    this.#withdrawing.add(key);
    const reply = this.#keep([event], { kind: "unpublished" });
    const forget = () => void this.#withdrawing.delete(key);
    if (reply instanceof Promise) return reply.finally(forget);
    forget();
    return reply;
  }

  #apply(event: CatalogueEvent): void {
    const isTold = event.kind === "withdraw" && !this.#withdrawing.has(keyOf(event));
    const shares = isTold ? this.#sharesOf(event) : [];
    this.catalogue.apply(event);
    for (const share of shares) this.#onWithdrawn(event.user, share);
  }

  /** From where that is published which `event` withdraws. */
  #sharesOf(event: CatalogueEvent & { kind: "withdraw" }): string[] {
    const { user, name, share = PLAIN_SHARE, isEverywhere } = event;
    if (isEverywhere) return this.catalogue.othersOf(user, name, "").map(({ share }) => share);
    return this.catalogue.has(user, name, share) ? [share] : [];
  }

  /** Changes of one publication are decided one after the other. */
  #inTurn(
    user: string,
    names: readonly string[],
    change: () => MaybePromise<Reply>,
  ): MaybePromise<Reply> {
    if (!this.#hasRoomFor(user, names.length)) {
      return refuse(500, cannotSave("the disk is too slow"));
    }
    const keys = names.map((name) => keyOf({ user, name }));
    const earlier = new Set(keys.flatMap((key) => this.#changing.get(key) ?? []));
    const reply = earlier.size === 0 ? change() : Promise.allSettled(earlier).then(change);
    if (reply instanceof Promise) this.#wait(user, keys, reply);
    return reply;
  }

  /** Whether so many changes of `user` may wait. */
  #hasRoomFor(user: string, changes: number): boolean {
    const { each, inAll } = CHANGES_AT_ONCE;
    const { total } = this.#waiting;
    return total + changes <= inAll && this.#waiting.of(user) + changes <= each;
  }

  #wait(user: string, keys: readonly string[], reply: Promise<Reply>): void {
    this.#waiting.add(user, keys.length);
    for (const key of keys) this.#changing.set(key, reply);
    const forget = () => {
      this.#waiting.add(user, -keys.length);
      for (const key of keys) if (this.#changing.get(key) === reply) this.#changing.delete(key);
    };
    reply.then(forget, forget);
  }

  /** What publishing a file changes, if anything. */
  #changeOf({ user, share, adopts, by }: Publisher, file: PublishedFile): Change | undefined {
    const { name, details } = file;
    const { catalogue } = this;
    const event = { kind: "publish", user, share, name, details, by } as const;
    if (adopts && catalogue.has(user, name)) {
      return { event: { ...event, isAdopted: true }, isNew: false };
    }
    if (!catalogue.has(user, name, share)) return { event, isNew: true };
    const isKnown = isSame(catalogue.detailsOf(user, name, share), details);
    return isKnown ? undefined : { event, isNew: false };
  }

  #publish(user: string, changes: readonly Change[]): MaybePromise<Reply> {
    const events = changes.map(({ event }) => event);
    const added = changes.filter(({ isNew }) => isNew).length;
    if (added === 0) return this.#keep(events, PUBLISHED);
    if (this.catalogue.isFull(user, this.#coming.of(user) + added - 1)) return TOO_MANY;
    const reply = this.#keep(events, PUBLISHED);
    if (!(reply instanceof Promise)) return reply;
    this.#coming.add(user, added);
    return reply.finally(() => this.#coming.add(user, -added));
  }

  #keep(events: readonly CatalogueEvent[], reply: Reply): MaybePromise<Reply> {
    return this.#journal.append(...events)?.then(() => reply, refuseUnkept) ?? reply;
  }
}

/** What tells a publication from all others, but for its share. */
function keyOf({ user, name }: Pick<CatalogueEvent, "user" | "name">): string {
  return `${user} ${name}`;
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
