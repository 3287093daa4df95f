/**
 * Who serves what the catalogue has.
 *
 * @module
 */

import type { Publication } from "./catalogue/catalogue.ts";
import type { Session, Sessions } from "./sessions/sessions.ts";
import type { UserSessions } from "./sessions/user_sessions.ts";

/**
 * Finds the sessions that serve publications of one catalogue. A search asks for one at each match, so
 * the sessions of a user are found by the number of the publisher, and by the user's name only once.
 */
export class ServingSessions {
  readonly #sessions: Sessions;
  /** Those of the user of each publisher, as soon as they have been asked for. */
  readonly #ofPublisher: (UserSessions | undefined)[] = [];

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** The active session that serves `publication`. */
  of(publication: Publication, now: number): Session | undefined {
    const own = this.#ofPublisher[publication.publisher] ?? this.#lookUp(publication);
    return own?.serving(publication.share, now);
  }

  #lookUp({ publisher, user }: Publication): UserSessions | undefined {
    // An array with large gaps would become a slow table.
    while (this.#ofPublisher.length < publisher) this.#ofPublisher.push(undefined);
    return this.#ofPublisher[publisher] = this.#sessions.allOf(user);
  }
}
