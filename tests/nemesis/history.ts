/**
 * What clients of a fleet did and saw. Times are milliseconds of one clock.
 *
 * @module
 */

/** A publication or its withdrawal. A user publishes a name once, and withdraws it once. */
export interface Command {
  readonly type: "command";
  readonly user: string;
  readonly verb: "pub" | "unp";
  readonly name: string;
  readonly began: number;
  readonly ended: number;
  /** Whether it was acknowledged; otherwise it may be done, or not. */
  readonly isDone: boolean;
  /** Why it was not acknowledged. */
  readonly reason?: string | undefined;
}

/** All names that one user publishes, as somebody was told by one answer. */
export interface View {
  readonly type: "view";
  /** Who was told: one client, wherever it was logged in. */
  readonly observer: string;
  /** Whose names they are; the observer's own if it is called so. */
  readonly of: string;
  readonly names: readonly string[];
  readonly began: number;
  readonly ended: number;
}

/** How many sessions a user has, as somebody was told by one answer. */
export interface SessionCount {
  readonly type: "sessions";
  readonly observer: string;
  readonly of: string;
  readonly count: number;
  readonly ended: number;
}

/** How long a client was without an answer, from the first question that failed to the next answer. */
export interface Gap {
  readonly type: "gap";
  readonly user: string;
  readonly began: number;
  readonly ended: number;
  /** Why the first one failed. */
  readonly reason: string;
}

/** Something that never should happen, in words. */
export interface Fault {
  readonly type: "fault";
  readonly user: string;
  readonly reason: string;
  readonly ended: number;
}

/** Whatever is recorded. That of one client is in the order in which it happened. */
export type Happening = Command | View | SessionCount | Gap | Fault;
