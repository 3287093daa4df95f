/**
 * Lists with all that is known of their items: which sessions there are, and from which devices and
 * folders files are served.
 *
 * @module
 */

import { folderOf } from "../protocol/device.ts";
import type { ServedShare, SessionDetails } from "../protocol/messages.ts";
import { SEARCH_BYTES } from "../protocol/limits.ts";
import { beginningBelow } from "../protocol/names.ts";
import { SESSIONS_PER_USER, SHARES_PER_USER } from "../protocol/share.ts";
import { beginningOf } from "../protocol/utf8.ts";
import type { OwnCopies } from "./share/own_copies.ts";
import { nameIn } from "./share/typed_name.ts";
import type { IndexSession, List, SessionRequest } from "./session/index_session.ts";

/** An active session of a user. */
export interface UserSession extends SessionDetails {
  readonly user: string;
}

/** Where a publication is served from, and what is known of that place. */
export interface PlacedShare extends ServedShare {
  readonly device?: string | undefined;
  /** Known of the user's own shares only. */
  readonly folder?: string | undefined;
}

/** What {@linkcode DetailedLists} work with. */
export interface DetailedListsSetting {
  readonly session: Pick<IndexSession, "ask" | "isSealed">;
  readonly user: string;
  /** The share of this client, as the index knows it; empty for one that only asks. */
  readonly share: string;
  /** The shared folder, without links. */
  readonly shared: string;
  /** The name of this device. */
  readonly device: string | undefined;
  /** The home folder. */
  readonly home: string | undefined;
  /** The folder of this device that is the share of that name of `user`. */
  readonly folderOf: (user: string, share: string) => string | undefined;
  readonly ownCopies: OwnCopies;
}

/** A list, and for each of its items whether the shared folder holds that very file. */
export interface MarkedList {
  readonly list: List;
  readonly here: readonly boolean[];
}

type Place = Pick<PlacedShare, "device" | "folder">;

/** Asks the index for lists, and puts together what it tells in several of them. */
export class DetailedLists {
  readonly #setting: DetailedListsSetting;

  constructor(setting: DetailedListsSetting) {
    this.#setting = setting;
  }

  /** Whether the index is asked in the sealed protocol, which tells more. */
  get isSealed(): boolean {
    return this.#setting.session.isSealed;
  }

  /**
   * Who else is active, and all sessions, also those of the asker; protocol 1 tells of no sessions.
   *
   * @throws {BitTrickleError} of `IndexSession.ask`, as all of these
   */
  async lap(): Promise<{ readonly list: List; readonly sessions?: readonly UserSession[] }> {
    const { sessions, ...list } = await this.#ask({ verb: "lap", isDetailed: true });
    if (!sessions) return { list };
    const items = [...new Set(list.items)].filter((user) => user !== this.#setting.user);
    return {
      list: { ...list, items },
      sessions: list.items.map((user, i) => ({ user, ...sessions[i]! })),
    };
  }

  /** What `of` publishes, or the asker, and where each is served from, unless in protocol 1. */
  async lpf(of?: string): Promise<MarkedList & { readonly places?: PlacedShare[] }> {
    const marked = await this.#marked(await this.published(of));
    const { shares } = marked.list;
    return shares
      ? { ...marked, places: await this.#placesOf(shares, of ?? this.#setting.user) }
      : marked;
  }

  /** The names that a search finds, about `most` of them. */
  async sch(text: string, most?: number): Promise<MarkedList> {
    return await this.#marked(await this.#ask({ verb: "sch", text }, most));
  }

  /** Whether others publish anything below the folder `name`, as far as the first page of a search tells. */
  async hasFolderOfOthers(name: string): Promise<boolean> {
    const prefix = beginningBelow(name);
    const text = beginningOf(prefix, SEARCH_BYTES / 2);
    const { items } = await this.#ask({ verb: "sch", text }, 1);
    return items.some((item) => item.startsWith(prefix));
  }

  /** Whether another client of this share is there to serve it; protocol 1 has one for each user. */
  async isServedByAnother(): Promise<boolean> {
    if (!this.isSealed) return false;
    const { user, share } = this.#setting;
    return (await this.#sessionsOf(user)).filter((it) => it.share === share).length > 1;
  }

  /** The same without places. */
  async published(of?: string): Promise<List> {
    return await this.#ask({ verb: "lpf", ...of === undefined ? {} : { of } });
  }

  /** The names of a page of what the user publishes, from the first that comes after `after` on. */
  async ownNamesAfter(after: string): Promise<readonly string[]> {
    const { items } = await this.#ask({ verb: "lpf", after }, 1);
    return items;
  }

  /**
   * What is meant by `typed`, a name or pattern, or a path in the shared folder to one.
   *
   * @throws {BitTrickleError} `usage` for a path that leads out of the folder
   */
  nameOf(typed: string): string {
    return nameIn(this.#setting.shared, typed);
  }

  /** The shares from which the user publishes `typed`; of a `folder/` some, if there are many. */
  async sharesWith(typed: string): Promise<readonly PlacedShare[]> {
    const name = this.nameOf(typed);
    const isFolder = name.endsWith("/");
    const after = isFolder ? name : `${name}:`;
    const { items, shares = [] } = await this.#ask({ verb: "lpf", after }, SHARES_PER_USER);
    const isMeant = (item: string) => isFolder ? item.startsWith(name) : item === name;
    const found = shares.filter((_, i) => isMeant(items[i]!));
    const each = new Map(found.map((served) => [served.share, served]));
    return each.size === 0 ? [] : await this.#placesOf([...each.values()], this.#setting.user);
  }

  async #marked(list: List): Promise<MarkedList> {
    const { items, details = items.map(() => undefined) } = list;
    return { list, here: await this.#setting.ownCopies(details) };
  }

  async #placesOf(shares: readonly ServedShare[], user: string): Promise<PlacedShare[]> {
    const told = await this.#told(user);
    return shares.map((served) => ({ ...served, ...this.#placeOf(served.share, user, told) }));
  }

  /** What the sessions of `user` tell of their shares. */
  async #told(user: string): Promise<ReadonlyMap<string, Place>> {
    const places = new Map<string, Place>();
    for (const { share, device, folder } of await this.#sessionsOf(user)) {
      if (share !== undefined) places.set(share, { device, folder });
    }
    return places;
  }

  async #sessionsOf(user: string): Promise<readonly SessionDetails[]> {
    const { items, sessions = [] } = await this.#ask(
      { verb: "lap", after: `${user} 0`, isDetailed: true },
      SESSIONS_PER_USER + 1,
    );
    return sessions.filter((_, i) => items[i] === user);
  }

  #placeOf(share: string, user: string, told: ReadonlyMap<string, Place>): Place {
    const { home, device, ...setting } = this.#setting;
    const path = user === setting.user ? setting.folderOf(user, share) : undefined;
    if (path !== undefined) return { device, folder: folderOf(path, home) };
    return told.get(share) ?? {};
  }

  async #ask(request: SessionRequest, most?: number): Promise<List> {
    return await this.#setting.session.ask(request, most) as List;
  }
}
