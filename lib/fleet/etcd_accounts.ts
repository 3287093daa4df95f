/**
 * Accounts that the servers of a fleet share, in etcd.
 *
 * @module
 */

import { ready, server } from "@serenity-kit/opaque";
import { delay } from "@std/async/delay";
import { BitTrickleError, reasonOf } from "../errors.ts";
import {
  type AccountStore,
  type EditOptions,
  settle,
  type StoredAccounts,
} from "../index/login/account_store.ts";
import {
  formatInvitations,
  parseInvitations,
  type StoredInvitation,
} from "../index/login/invitations.ts";
import { decodeUtf8, encodeUtf8 } from "../protocol/utf8.ts";
import type { Condition, EtcdClient, KeyValue, Operation } from "./etcd_client.ts";
import type { Feed, Follower } from "./feed.ts";
import { ACCOUNTS } from "./layout.ts";
import type { Secrets } from "./secrets.ts";
import type { Change } from "./watch.ts";

const PARTS = ["users", "invitations", "key"] as const;
type Part = (typeof PARTS)[number];
/** Bytes of the longest value: etcd takes requests of 1.5 MiB, and base64 is a third longer. */
const MAX_BYTES = 1_000_000;
/** How often a change is made anew because somebody else was quicker. */
const ATTEMPTS = 20;
/** Pause before that, in milliseconds, at random. */
const PAUSE_MS = 50;

/** What is kept, each with the revision in which it was put last. */
interface Kept {
  readonly text: string | undefined;
  readonly revision: number;
}

type All = Readonly<Record<Part, Kept>> & {
  /** The revision at which they were read. */
  readonly revision: number;
};

/** Keeps accounts in etcd. A change compares revisions, so that none is lost or made twice. */
export class EtcdAccounts implements AccountStore, Follower {
  readonly name = "etcd";
  readonly prefix = ACCOUNTS;
  readonly #etcd: EtcdClient;
  readonly #secrets: Secrets;
  readonly #listeners = new Set<() => void>();
  /** The revision at which the users were first read. */
  #readAt: number | undefined;
  /** The newest revision that was told. */
  #told = 0;

  /** @param feed Tells of changes, if they are to be watched; not loaded yet */
  constructor(etcd: EtcdClient, secrets: Secrets, feed?: Feed) {
    this.#etcd = etcd;
    this.#secrets = secrets;
    feed?.add(this);
  }

  async users(mayBegin = false): Promise<string> {
    const { users: { text }, revision } = await this.#read();
    this.#readAt ??= revision;
    if (text !== undefined) return text;
    if (mayBegin) return "";
    const advice =
      "`user add` and `invite` begin with them, and a server with its credentials file";
    throw new BitTrickleError("usage", `There are no credentials in etcd: ${advice}`);
  }

  async invitations(): Promise<readonly StoredInvitation[]> {
    return invitationsIn((await this.#read()).invitations);
  }

  async edit(
    edit: (stored: StoredAccounts) => StoredAccounts,
    { mayBegin = false, setup }: EditOptions = {},
  ): Promise<void> {
    for (let left = ATTEMPTS; left > 0; left--) {
      const kept = await this.#read();
      if (kept.users.text === undefined && !mayBegin) await this.users();
      if (setup !== undefined && kept.key.text !== setup) throw cannot(KEY_CHANGED);
      const { users, invitations } = edit(settle({
        users: kept.users.text ?? "",
        invitations: invitationsIn(kept.invitations),
      }));
      const next = { users, invitations: formatInvitations(invitations) };
      if (await this.#replace(kept, next)) return;
      await delay(PAUSE_MS * Math.random());
    }
    throw cannot("others change them all the time; try again");
  }

  async key(isNeeded: boolean): Promise<string | undefined> {
    const { text } = (await this.#read()).key;
    if (text === undefined && isNeeded) {
      const reason = "it is missing, but passwords are stored that only it can prove";
      throw new BitTrickleError("usage", `Cannot use the servers' key in etcd: ${reason}`);
    }
    return text;
  }

  async loadKey(mayMake: boolean, onMade: (where: string) => void = () => {}): Promise<string> {
    const known = await this.key(!mayMake);
    if (known !== undefined) return known;
    await ready;
    const kept = await this.#read();
    if (kept.key.text !== undefined) return kept.key.text; // Another server was quicker.
    const isMade = await this.#replace(kept, { key: server.createSetup() });
    if (isMade) onMade(this.name);
    return (await this.key(true))!;
  }

  /**
   * Begins with what another store has, if anything, and there is nothing here yet. Of several servers that do so at
   * once, one does.
   *
   * @returns whether this one did
   */
  async begin(other: AccountStore): Promise<boolean> {
    const kept = await this.#read();
    if (PARTS.some((part) => kept[part].text !== undefined)) return false;
    const users = await other.users(true);
    if (users === "") return false;
    const invitations = await other.invitations();
    const setup = await other.key(false);
    return await this.#replace(kept, {
      users,
      invitations: formatInvitations(invitations),
      ...setup === undefined ? {} : { key: setup },
    });
  }

  async watch(onChange: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let changed = Promise.withResolvers<void>();
    const listener = () => changed.resolve();
    this.#listeners.add(listener);
    signal.addEventListener("abort", listener, { once: true });
    if (this.#told > (this.#readAt ?? Infinity)) changed.resolve();
    while (!signal.aborted) {
      await changed.promise;
      changed = Promise.withResolvers<void>();
      if (!signal.aborted) await onChange();
    }
    signal.removeEventListener("abort", listener);
    this.#listeners.delete(listener);
  }

  /** Something has changed; what, is read. */
  apply({ revision }: Pick<Change, "revision">): void {
    this.#told = Math.max(this.#told, revision);
    for (const listener of this.#listeners) listener();
  }

  findMissing(): Promise<() => void> {
    return Promise.resolve(() => this.apply({ revision: Infinity }));
  }

  async #read(): Promise<All> {
    const { entries, revision } = await this.#call(() => {
      return this.#etcd.range({ prefix: ACCOUNTS });
    });
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const all = PARTS.map((part) => [part, this.#keptIn(byKey.get(keyOf(part)))] as const);
    return { ...Object.fromEntries(all) as Record<Part, Kept>, revision };
  }

  #keptIn(entry: KeyValue | undefined): Kept {
    if (!entry) return { text: undefined, revision: 0 };
    const bytes = this.#secrets.open(entry.key, entry.value);
    if (bytes) return { text: decodeUtf8(bytes), revision: entry.revision };
    throw new BitTrickleError("usage", "The accounts in etcd were sealed with another cluster key");
  }

  /** Puts what differs, unless something was put since it was read. Returns whether it is there now. */
  async #replace(kept: All, next: Partial<Record<Part, string>>): Promise<boolean> {
    const changed = PARTS.filter((part) => {
      return next[part] !== undefined && next[part] !== kept[part].text;
    });
    if (changed.length === 0) return true;
    const then = changed.map((part): Operation => {
      const key = keyOf(part);
      const bytes = encodeUtf8(next[part]!);
      if (bytes.length > MAX_BYTES) throw cannot(`they would be longer than ${MAX_BYTES} bytes`);
      return { kind: "put", key, value: this.#secrets.seal(key, bytes) };
    });
    const conditions = PARTS.map((part): Condition => {
      return { key: keyOf(part), revision: kept[part].revision };
    });
    const { isDone } = await this.#call(() => this.#etcd.transact({ if: conditions, then }));
    if (isDone) return true;
    // The answer to an earlier attempt may have been lost.
    const now = await this.#read();
    return changed.every((part) => now[part].text === next[part]);
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw cannot(reasonOf(error), error);
    }
  }
}

const KEY_CHANGED = "the servers have got another key meanwhile; try again";

function keyOf(part: Part): string {
  return ACCOUNTS + part;
}

function invitationsIn({ text }: Kept): StoredInvitation[] {
  return text === undefined ? [] : parseInvitations(text);
}

function cannot(reason: string, cause?: unknown): BitTrickleError {
  return new BitTrickleError("disk", `Cannot use the accounts in etcd: ${reason}`, { cause });
}
