/**
 * Who may stay connected to an upload port, and who has to go when there are too many. Pure: time
 * comes in as an argument, in milliseconds of a steady clock.
 *
 * @module
 */

import { ASKING_CONNECTIONS, UPLOAD_CONNECTIONS } from "../../protocol/limits.ts";

/**
 * What a connection is doing: asking, until it has shown a ticket or asked for a file in clear; then
 * it is welcome, and is served or idle.
 */
export type Stage = "asking" | "idle" | "serving";

/** Somebody who is connected. */
interface Guest {
  readonly host: string;
  readonly since: number;
  /** How often this machine had moved by then. */
  readonly moves: number;
  stage: Stage;
  /** Whose ticket was shown. */
  user: string | undefined;
}

/** The connections of one port. `C` is what stands for one. */
export class Admission<C> {
  readonly #guests = new Map<C, Guest>();

  /** Takes in a new connection from `host` to this machine, which has moved `moves` times. */
  enter(connection: C, host: string, now: number, moves = 0): void {
    this.#guests.set(connection, { host, since: now, moves, stage: "asking", user: undefined });
  }

  /** Takes in that `connection` is closed. */
  leave(connection: C): void {
    this.#guests.delete(connection);
  }

  /** What `connection` is doing, if it is there. */
  stageOf(connection: C): Stage | undefined {
    return this.#guests.get(connection)?.stage;
  }

  /** Takes in what `connection` is doing. */
  change(connection: C, stage: Stage): void {
    const guest = this.#guests.get(connection);
    if (guest) guest.stage = stage;
  }

  /**
   * Those that may be lost, as `connection` works: the same user's from other hosts, and all from
   * before this machine has moved.
   */
  outdatedBy(connection: C): C[] {
    const guest = this.#guests.get(connection);
    if (!guest) return [];
    const { user, host, moves } = guest;
    return [...this.#guests].filter(([, other]) => {
      return other.moves !== moves && other.since < guest.since ||
        user !== undefined && other.user === user && other.host !== host;
    }).map(([other]) => other);
  }

  /** The connections that are not served at this moment. */
  get waiting(): C[] {
    return [...this.#guests].flatMap(([connection, { stage }]) => {
      return stage === "serving" ? [] : [connection];
    });
  }

  /** Whether one more plain download may be admitted; it displaces no other connection. */
  get hasRoom(): boolean {
    return this.#welcome.length < UPLOAD_CONNECTIONS;
  }

  /**
   * Who has to go before another stranger is heard, and when he came: of the strangers from the host
   * that has the most, the one who has had the most time to show a ticket.
   */
  get superfluous(): { readonly connection: C; readonly since: number } | undefined {
    const strangers = [...this.#guests].filter(([, { stage }]) => stage === "asking");
    if (strangers.length < ASKING_CONNECTIONS) return undefined;
    const [first] = ofTheLargest(strangers, ({ host }) => host);
    return first && { connection: first[0], since: first[1].since };
  }

  /**
   * Takes in that `connection` has shown a ticket of `user`. If there are now too many, returns the
   * one that has to go: of the user who has the most, one that is idle, or else the latest.
   */
  welcome(connection: C, user: string): C | undefined {
    const guest = this.#guests.get(connection);
    if (!guest) return undefined;
    guest.stage = "idle";
    guest.user = user;
    const welcome = this.#welcome;
    if (welcome.length <= UPLOAD_CONNECTIONS) return undefined;
    const sealed = welcome.filter(([, { user }]) => user !== undefined);
    const greediest = ofTheLargest(sealed, ({ user }) => user!);
    const idle = greediest.find(([, { stage }]) => stage === "idle");
    return (idle ?? greediest.at(-1))?.[0];
  }

  get #welcome(): [C, Guest][] {
    return [...this.#guests].filter(([, { stage }]) => stage !== "asking");
  }
}

/** The largest group of `guests` that have the same key, in the order in which they came. */
function ofTheLargest<C>(
  guests: readonly [C, Guest][],
  keyOf: (guest: Guest) => string,
): readonly [C, Guest][] {
  const groups = Map.groupBy(guests, ([, guest]) => keyOf(guest));
  return [...groups.values()].reduce(
    (largest, group) => group.length > largest.length ? group : largest,
    [],
  );
}
