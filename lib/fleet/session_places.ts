/**
 * The places that each user has for sessions in the whole fleet.
 *
 * @module
 */

import { SESSIONS_PER_USER } from "../protocol/share.ts";

/** A place that is taken. */
export interface TakenPlace {
  readonly key: string;
  /** In which revision it was put last. */
  readonly revision: number;
  /** The name of the session that has it; nothing if that cannot be read. */
  readonly name: string | undefined;
}

/** Who asks for a place, and what may be taken. */
export interface PlaceRequest {
  /** What the keys of the user's places begin with. */
  readonly below: string;
  /** The name of a session whose place it is to be. */
  readonly former: string | undefined;
  /** Whether the session at a key is over, and known to be. */
  readonly isOver: (key: string) => boolean;
}

/**
 * The place for another session while `taken` are: that of its former one, one that is free, or that of one which is
 * over. Returns nothing if there is none.
 */
export function choosePlace(
  taken: readonly TakenPlace[],
  { below, former, isOver }: PlaceRequest,
): { readonly key: string; readonly revision: number } | undefined {
  const known = taken.find(({ name }) => former !== undefined && name === former);
  if (known) return known;
  const keys = Array.from({ length: SESSIONS_PER_USER }, (_, i) => `${below}${i}`);
  const free = keys.find((key) => taken.every((it) => it.key !== key));
  if (free !== undefined) return { key: free, revision: 0 };
  return taken.find(({ key }) => isOver(key));
}

/** What is known of the places of all users without asking. It may be older than what etcd has. */
export class KnownPlaces {
  readonly #byUser = new Map<string, Map<string, TakenPlace>>();

  /**
   * The places that are taken of those whose keys begin with `below`, unless that of `former` has to be among them and
   * is not known.
   */
  withFormer(below: string, former: undefined): readonly TakenPlace[];
  withFormer(below: string, former: string | undefined): readonly TakenPlace[] | undefined;
  withFormer(below: string, former: string | undefined): readonly TakenPlace[] | undefined {
    const taken = [...this.#byUser.get(below)?.values() ?? []];
    return former === undefined || taken.some(({ name }) => name === former) ? taken : undefined;
  }

  /** Takes in what is at a place, unless something newer is known. */
  put(place: TakenPlace): void {
    const below = userOf(place.key);
    const own = this.#byUser.get(below) ?? new Map<string, TakenPlace>();
    this.#byUser.set(below, own);
    if (place.revision >= (own.get(place.key)?.revision ?? 0)) own.set(place.key, place);
  }

  /** Takes in that nothing is at `key` since `revision`. */
  remove(key: string, revision: number): void {
    const own = this.#byUser.get(userOf(key));
    if (!own || revision < (own.get(key)?.revision ?? 0)) return;
    own.delete(key);
    if (own.size === 0) this.#byUser.delete(userOf(key));
  }
}

function userOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}
