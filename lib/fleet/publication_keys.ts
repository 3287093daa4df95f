/**
 * Publications as keys and values of etcd.
 *
 * @module
 */

import { RecentMap } from "../collections/recent_map.ts";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import { PLAIN_SHARE } from "../protocol/share.ts";
import type { Operation } from "../etcd/etcd_client.ts";
import { PUBLICATIONS } from "./layout.ts";
import { encodePublication, type KeptPublication } from "./publication_value.ts";
import type { Secrets } from "./secrets.ts";

/** Users whose marks are kept, which takes 2 MiB: as many as a fleet has. */
const USERS_KEPT = 20_000;

/** Translates. The marks of a name are other ones with each user, so that nobody sees what is shared. */
export class PublicationKeys {
  readonly #secrets: Secrets;
  readonly #users = new RecentMap<string, string>(USERS_KEPT);

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** The key of a publication. */
  of(user: string, name: string, share: string): string {
    return this.#below(user, name) + this.#secrets.mark("share", user, name, share);
  }

  /** What etcd has to do to keep `event`. */
  operationsOf(event: CatalogueEvent): Operation[] {
    const { user, name, share = PLAIN_SHARE } = event;
    if (event.kind === "withdraw") {
      return event.isEverywhere
        ? [{ kind: "delete all", prefix: this.#below(user, name) }]
        : [{ kind: "delete", key: this.of(user, name, share) }];
    }
    const put = this.#put({ user, name, share, details: event.details });
    const isAdopted = event.isAdopted && share !== PLAIN_SHARE;
    return isAdopted ? [put, { kind: "delete", key: this.of(user, name, PLAIN_SHARE) }] : [put];
  }

  #put(publication: KeptPublication): Operation {
    const { user, name, share } = publication;
    const key = this.of(user, name, share);
    return { kind: "put", key, value: this.#secrets.seal(key, encodePublication(publication)) };
  }

  /** What the keys of all publications of `name` by `user` begin with. */
  #below(user: string, name: string): string {
    return `${PUBLICATIONS}${this.#markOf(user)}/${this.#secrets.mark("name", user, name)}/`;
  }

  #markOf(user: string): string {
    const known = this.#users.get(user);
    if (known !== undefined) return known;
    const mark = this.#secrets.mark("user", user);
    this.#users.set(user, mark);
    return mark;
  }
}
