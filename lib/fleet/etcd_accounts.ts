/**
 * Accounts that the servers of a fleet share, in etcd.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
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
import { toBase64Url } from "../protocol/base64url.ts";
import { encodeUtf8 } from "../protocol/utf8.ts";
import {
  hasEdit,
  type KeptPart,
  keyOf,
  openPart,
  type Part,
  PARTS,
  putPart,
  withEdit,
} from "./account_parts.ts";
import type { EtcdClient, Outcome, Transaction } from "../etcd/etcd_client.ts";
import { isUnknown } from "../etcd/etcd_error.ts";
import type { Feed, Follower } from "./feed.ts";
import { ACCOUNTS } from "./layout.ts";
import type { Secrets } from "./secrets.ts";
import type { Change } from "../etcd/watch.ts";

/** Bytes of the longest value: etcd takes requests of 1.5 MiB, and base64 is a third longer. */
const MAX_BYTES = 1_000_000;
/** How often a change is made anew because somebody else was quicker. */
const ATTEMPTS = 20;
/** Pause before that, in milliseconds, at random. */
const PAUSE_MS = 50;

/** Bytes of what names an edit: no two ever have the same by chance. */
const EDIT_BYTES = 9;

type All = Readonly<Record<Part, KeptPart>> & {
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
    throw cannot(TOO_BUSY);
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
    for (let left = ATTEMPTS; left > 0; left--) {
      const kept = await this.#read();
      if (kept.key.text !== undefined) return kept.key.text; // Another server was quicker.
      const key = server.createSetup();
      if (!await this.#replace(kept, { key })) continue;
      onMade(this.name);
      return key;
    }
    throw cannot(TOO_BUSY);
  }

  /** Whether there is nothing here yet. */
  async isEmpty(): Promise<boolean> {
    return hasNothing(await this.#read());
  }

  /**
   * Begins with what another store has, if anything, and there is nothing here yet. Of several servers that do so at
   * once, one does.
   *
   * @returns whether this one did
   */
  async begin(other: AccountStore): Promise<boolean> {
    const kept = await this.#read();
    if (!hasNothing(kept)) return false;
    const invitations = await other.invitations();
    const users = await other.users(true); // Whoever joined meanwhile is there.
    if (users === "") return false;
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

  /** @param doubt As for {@linkcode #call} */
  async #read(doubt?: string): Promise<All> {
    const { entries, revision } = await this.#call(() => {
      return this.#etcd.range({ prefix: ACCOUNTS });
    }, doubt);
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const all = PARTS.map((part) => [part, openPart(byKey.get(keyOf(part)), this.#secrets)]);
    return { ...Object.fromEntries(all) as Record<Part, KeptPart>, revision };
  }

  /**
   * Puts what differs, unless something was put since it was read. Returns whether that was done, also if others
   * have changed it since.
   */
  async #replace(before: All, next: Partial<Record<Part, string>>): Promise<boolean> {
    const changed = PARTS.filter((part) => {
      return next[part] !== undefined && next[part] !== before[part].text;
    });
    if (changed.length === 0) return true;
    for (const part of changed) assertShort(next[part]!);
    const kept = await this.#withAllKeys(before);
    if (!kept) return false;
    const id = toBase64Url(randomBytes(EDIT_BYTES));
    const texts = { ...next, edits: withEdit(kept.edits.text, id) };
    const { isDone } = await this.#transact({
      if: PARTS.map((part) => ({ key: keyOf(part), revision: kept[part].revision })),
      then: [...changed, "edits" as const].map((part) => {
        return putPart(part, kept[part], texts[part]!, this.#secrets);
      }),
    });
    // The answer to an earlier attempt may have been lost.
    return isDone || hasEdit((await this.#read(IN_DOUBT)).edits.text, id);
  }

  /** The same when all keys are there; nothing if somebody was quicker. */
  async #withAllKeys(kept: All): Promise<All | undefined> {
    const missing = PARTS.map(keyOf).filter((_, i) => kept[PARTS[i]!].revision === 0);
    if (missing.length === 0) return kept;
    await this.#transact({
      if: missing.map((key) => ({ key, revision: 0 })),
      then: missing.map((key) => ({ kind: "put", key, value: new Uint8Array() })),
    });
    const now = await this.#read();
    const isSame = (part: Part) => now[part].revision > 0 && now[part].text === kept[part].text;
    return PARTS.every(isSame) ? now : undefined;
  }

  async #transact(transaction: Transaction): Promise<Outcome> {
    return await this.#call(() => this.#etcd.transact(transaction), IN_DOUBT);
  }

  /** @param doubt What it means if it is not known whether etcd has done it */
  async #call<T>(call: () => Promise<T>, doubt?: string): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const isDoubted = doubt !== undefined && isUnknown(error);
      throw cannot(isDoubted ? `${reasonOf(error)}; ${doubt}` : reasonOf(error), error);
    }
  }
}

const TOO_BUSY = "others change them all the time; try again";
const IN_DOUBT = "whether the change was made is not known: look before you repeat it";
const KEY_CHANGED = "the servers have got another key meanwhile; try again";

function hasNothing(kept: All): boolean {
  return PARTS.every((part) => kept[part].text === undefined);
}

function assertShort(text: string): void {
  if (encodeUtf8(text).length > MAX_BYTES) {
    throw cannot(`they would be longer than ${MAX_BYTES} bytes`);
  }
}

function invitationsIn({ text }: KeptPart): StoredInvitation[] {
  return text === undefined ? [] : parseInvitations(text);
}

function cannot(reason: string, cause?: unknown): BitTrickleError {
  return new BitTrickleError("disk", `Cannot use the accounts in etcd: ${reason}`, { cause });
}
