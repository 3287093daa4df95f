/**
 * What the HTTP server asks of the server that it belongs to, which runs in another thread.
 *
 * @module
 */

import type { AdminAction } from "../log/log_text.ts";
import type { Administration, StatusSource } from "../status/status.ts";

/** What may be asked for. Texts are JSON, but for those of `metrics` and `fault`. */
export interface Questions {
  status(): Promise<string>;
  history(): Promise<string>;
  search(text: string, after: string | undefined): Promise<string>;
  metrics(): Promise<string>;
  fault(): Promise<string | undefined>;
  invite(user: string, seconds: number): Promise<string>;
  revoke(user: string): Promise<void>;
  invitations(): Promise<string>;
  disable(user: string): Promise<void>;
  enable(user: string): Promise<void>;
  remove(user: string): Promise<void>;
  users(): Promise<string>;
}

/** The other side of the HTTP server. */
export interface Backend extends Questions {
  /** Hears whether anybody follows the events. */
  watch(isWatched: boolean): void;
  /** Hears of what administrators do. */
  tell(action: AdminAction): void;
}

/** Answers out of `source` and `administration`. */
export function answersOf(source: StatusSource, administration: Administration): Questions {
  return {
    status: async () => await JSON.stringify(source.status()),
    history: async () => await JSON.stringify(source.history()),
    search: async (text, after) => JSON.stringify(await source.search(text, after)),
    metrics: () => source.metrics(),
    fault: async () => await source.fault(),
    invite: (user, seconds) => administration.invite(user, seconds),
    revoke: (user) => administration.revoke(user),
    invitations: async () => JSON.stringify(await administration.invitations()),
    disable: (user) => administration.disable(user),
    enable: (user) => administration.enable(user),
    remove: (user) => administration.remove(user),
    users: async () => JSON.stringify(await administration.users()),
  };
}
