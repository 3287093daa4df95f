/**
 * What is told of a running server: on its page, by `bittrickle-server status`, and to scripts. Sizes
 * are in bytes, times in ISO 8601 and UTC. Every text that a client chose is hostile: escape it.
 *
 * @module
 */

/** The state of a server at one moment. Lists are bounded; their totals are not. */
export interface Status {
  readonly v: 1;
  readonly type: "status";
  readonly time: string;
  readonly server: {
    readonly version: string;
    readonly startedAt: string;
    /** Where it listens. */
    readonly addresses: readonly string[];
    /** By which clients know it: see `lib/protocol/fingerprint.ts`. */
    readonly fingerprint: string;
  };
  readonly users: { readonly total: number; readonly disabled: number; readonly active: number };
  /** Those that are open. Which ends first comes first. */
  readonly invitations: Part<InvitationStatus>;
  readonly sessions: Part<SessionStatus>;
  readonly catalogue: {
    readonly publications: number;
    /** At most: one that was withdrawn lately may still count, or count twice. */
    readonly names: number;
  };
  /** What most fetch comes first. */
  readonly downloads: Part<DownloadStatus>;
  /** The latest comes first. */
  readonly failedLogins: Part<FailedLogin>;
  readonly disk: {
    /** Of the data file, with its journal. */
    readonly dataBytes: number;
    /** On the disk of the data file, or nothing if the system does not tell. */
    readonly freeBytes?: number;
    /** Whether what is published is saved: nothing, if all is well. */
    readonly fault?: string;
  };
  /** If it is a server of a fleet. */
  readonly fleet?: {
    /** Sessions at the other servers, which are among all the others that are told. */
    readonly remoteSessions: number;
    /** Why it is cut off from the fleet, if so: then it has no sessions of its own. */
    readonly fault?: string;
    /** The nodes of etcd, as they were in the last seconds, once that is known. */
    readonly nodes?: {
      readonly total: number;
      readonly reached: number;
      /** What they have raised an alarm for, if so. */
      readonly alarm?: string;
    };
  };
  readonly load: LoadSample;
}

/** The first rows of a list. */
export interface Part<T> {
  readonly total: number;
  readonly rows: readonly T[];
}

/** Somebody who may join; nothing tells the secret of that invitation, or its account. */
export interface InvitationStatus {
  readonly user: string;
  readonly expires: string;
}

/** An active session. */
export interface SessionStatus {
  readonly user: string;
  /** IP address and port. */
  readonly address: string;
  readonly protocol: 1 | 2;
  readonly since: string;
  readonly device?: string;
  readonly agent?: string;
  /** What it serves; one that only asks has none. */
  readonly share?: string;
  /** How many publications it serves. */
  readonly publications: number;
}

/** A content that somebody fetches, or has fetched lately. */
export interface DownloadStatus {
  /** What its publishers call it. */
  readonly name: string;
  readonly id: string;
  readonly size: number;
  /** How many publish it, and how many of those are active. */
  readonly sources: { readonly active: number; readonly total: number };
  /** How many have all of it who fetched it. */
  readonly complete: number;
  /** Who has most comes first. */
  readonly holders: Part<HolderStatus>;
}

/** How much somebody has of a content. */
export interface HolderStatus {
  readonly user: string;
  readonly device?: string;
  readonly bytes: number;
  /** When that was heard. */
  readonly heardAt: string;
}

/** An attempt to log in that failed. */
export interface FailedLogin {
  readonly time: string;
  readonly user: string;
  readonly host: string;
  readonly reason: string;
}

/** What there was to do in {@linkcode LoadSample.seconds}. */
export interface LoadSample {
  readonly time: string;
  readonly seconds: number;
  readonly requests: number;
  readonly failures: number;
  readonly dropped: number;
  /** From a request to its answer, in milliseconds: half of them, and 99 of 100, took no longer. */
  readonly p50: number;
  readonly p99: number;
  /** Longest that the event loop was held up, in milliseconds. */
  readonly stall: number;
  readonly sessions: number;
}

/** A publication, as a search of the status page finds it. */
export interface FoundStatus {
  readonly name: string;
  readonly size?: number;
  readonly id?: string;
  readonly sources: { readonly active: number; readonly total: number };
  /** Its first publisher. */
  readonly user: string;
}

/** What tells the state of a server. All of it is quick: it is called once a second, or for a person. */
export interface StatusSource {
  status(): Status;
  /** The samples of the last hour, the oldest first: one in 10 s. */
  history(): readonly LoadSample[];
  /** The active files that a search finds, from the one after `after` on. */
  search(text: string, after?: string): Promise<{
    readonly rows: readonly FoundStatus[];
    /** How many more there are at least, and where to go on. */
    readonly more: number;
    readonly after?: string;
  }>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Why it should not be sent clients, or nothing if it is well. */
  fault(): string | undefined;
}

/** What an administrator may do. All of it is refused by a {@linkcode BitTrickleError}. */
export interface Administration {
  /** The line of an invitation for `user`, which is good for so many seconds. */
  invite(user: string, seconds: number): Promise<string>;
  /** Revokes what invites `user`. */
  revoke(user: string): Promise<void>;
  /** All that are open; which ends first comes first. */
  invitations(): Promise<readonly InvitationStatus[]>;
  disable(user: string): Promise<void>;
  enable(user: string): Promise<void>;
  remove(user: string): Promise<void>;
  /** All users, with what they are. */
  users(): Promise<readonly { readonly user: string; readonly state: "enabled" | "disabled" }[]>;
}
