/**
 * What clients ask and the index answers, whatever protocol carries it.
 *
 * @module
 */

import type { ContentKey } from "./content.ts";
import type { Publishers } from "./publishers.ts";
import type { Pass } from "./ticket.ts";

/** A request, as its sender claims it. */
export type Request =
  | {
    readonly verb: "login";
    readonly user: string;
    readonly password: string;
    /** Where the user's uploads are served. */
    readonly tcpPort: number;
  }
  | { readonly verb: "heartbeat"; readonly user: string }
  | { readonly verb: "bye"; readonly user: string }
  | {
    /** Proves that the session is where it comes from now. */
    readonly verb: "move";
    readonly user: string;
    /** From a reply of the kind `moved`. */
    readonly token: string;
    /** Set if it stays where it is, and is here as well. */
    readonly isAlso?: true;
  }
  | {
    /** Asks for the certificate of the index's certificate authority. */
    readonly verb: "ca";
    readonly user: string;
  }
  | {
    /** Asks for a certificate for this session. */
    readonly verb: "cert";
    readonly user: string;
    /** The public key, see `tls.ts`, in base64url. */
    readonly spki: string;
  }
  | {
    readonly verb: "lap";
    readonly user: string;
    readonly after?: string;
    /** Set to list sessions, the asker's own among them, instead of users. */
    readonly isDetailed?: true;
  }
  | {
    readonly verb: "lpf";
    readonly user: string;
    /** Whose publications; the asker's own if nobody is named. */
    readonly of?: string;
    readonly after?: string;
    /** What of them: those of the asker's share, or of one of its buckets, see `digest.ts`. */
    readonly within?: string;
  }
  | {
    /** Asks whether the asker's share is what the digest tells, and if not, in which buckets. */
    readonly verb: "share";
    readonly user: string;
    /** See `digest.ts`. */
    readonly digest: string;
    readonly after?: string;
  }
  | Publishing & { readonly verb: "pub"; readonly user: string }
  | {
    readonly verb: "unp";
    readonly user: string;
    readonly name: string;
    /** Set to withdraw it from all shares of the user. */
    readonly isEverywhere?: true;
  }
  | {
    readonly verb: "get";
    readonly user: string;
    /** A name or a content, see `content.ts`. */
    readonly name: string;
  }
  | {
    /** Says that the session serves what it has of an unfinished file, or does not any more. */
    readonly verb: "have" | "lack";
    readonly user: string;
    readonly content: ContentKey;
  }
  | {
    /** Says how much of a content the session has, which it fetches or has just fetched. */
    readonly verb: "progress";
    readonly user: string;
    readonly content: ContentKey;
    readonly bytes: number;
  }
  | {
    readonly verb: "sch";
    readonly user: string;
    /** Words that a name must contain, and filters: see {@linkcode parseSearch}. */
    readonly text: string;
    readonly after?: string;
  }
  | {
    /** Registers a password by OPAQUE, in two steps. */
    readonly verb: "passwd";
    readonly user: string;
    /** OPAQUE's registration request, or its record; in base64url. */
    readonly message: string;
  };

/** What is known of a published file beyond its name. */
export interface FileDetails {
  /** Bytes. */
  readonly size: number;
  /** Its id in hexadecimal, see `merkle.ts`, if it is known. */
  readonly id?: string;
}

/** A file, as its publisher tells it. */
export interface PublishedFile {
  readonly name: string;
  readonly details?: FileDetails;
}

/** What one request publishes: all of it, or nothing. */
export interface Publishing extends PublishedFile {
  /** What comes with the first file, where the protocol can carry it; each under another name. */
  readonly others?: readonly PublishedFile[];
}

/** An active session that publishes a file, or has some of it. */
export interface Source {
  readonly ip: string;
  readonly port: number;
  /** Who it is and what it has, where the protocol tells. */
  readonly file?: { readonly user: string; readonly name: string; readonly details?: FileDetails };
  /** What lets the asker fetch the file in protocol 2. */
  readonly pass?: Pass;
  /**
   * Set if it is fetching the file itself, and has some of its pieces. It tells no name of its own: its
   * file is called as it was asked for.
   */
  readonly isPartial?: true;
  /** Another address of the same source, at the same port: the one is of IPv4, the other of IPv6. */
  readonly otherIp?: string;
}

/** A file that somebody publishes, whoever it is. */
export interface NamedContent {
  readonly name: string;
  readonly details: FileDetails;
}

/** Where a publication is served from. */
export interface ServedShare {
  readonly share: string;
  /** Whether a session serves it now. */
  readonly isServed: boolean;
}

/** What is told of an active session. */
export interface SessionDetails {
  /** What it serves; a session without one only asks. */
  readonly share?: string | undefined;
  /** Where others are sent. */
  readonly ip: string;
  readonly port: number;
  /** How long ago it was opened. */
  readonly seconds: number;
  /** Whether another session serves its share, which it takes over when that one ends. */
  readonly isStandby: boolean;
  /** The client's program and its version, as it says. */
  readonly agent?: string | undefined;
  /** The name of its device, as it says. */
  readonly device?: string | undefined;
  /** The folder that it shares, as it says: only of the asker's own sessions. */
  readonly folder?: string | undefined;
}

/** The verbs there are. */
export type Verb = Request["verb"];

/** What a list is a list of. */
export type ListOf = "active peers" | "files published" | "files found" | "buckets";

/** An answer of the index. */
export type Reply =
  | {
    readonly kind: "welcome";
    /** The index's clock in milliseconds, where the protocol tells. */
    readonly time?: number;
    /** By what the index will be known, where the protocol tells. */
    readonly proofs?: IndexProofs;
    /** The id of its catalogue, see `catalogue_id.ts`, where the protocol tells. */
    readonly catalogue?: string;
  }
  | { readonly kind: "login failed" }
  /** Of protocol 1. */
  | { readonly kind: "already active" }
  /** Of protocol 2. */
  | { readonly kind: "too many sessions" }
  | {
    readonly kind: "list";
    readonly of: ListOf;
    readonly items: readonly string[];
    /**
     * How many items there are beyond `items`, cut off because a reply has an end: all of them, or
     * at least as many as `limits.ts` says are counted.
     */
    readonly more: number;
    /** Set if there may be more than that, as not all was looked at. */
    readonly isLowerBound?: true;
    /** Where to go on if not after the last item, as there may or may not be more. */
    readonly cursor?: string;
    /** For each item where to go on after it, if its name does not say so or is too long to be asked for. */
    readonly cursors?: readonly (string | undefined)[];
    /** For each item what is known of it, where anything is known of any. */
    readonly details?: readonly (FileDetails | undefined)[];
    /** For each file found who publishes it, where that is told of any. */
    readonly publishers?: readonly (Publishers | undefined)[];
    /** For each publication where it is served from, where the protocol tells. */
    readonly shares?: readonly ServedShare[];
    /** For each item, which is the user of one, the session, where that was asked for. */
    readonly sessions?: readonly SessionDetails[];
    /** For each item, which is the number of a bucket, what it holds: see `digest.ts`. */
    readonly digests?: readonly string[];
  }
  | { readonly kind: "published" }
  | { readonly kind: "unpublished" }
  | { readonly kind: "not published" }
  /** The share is what the digest tells. */
  | { readonly kind: "same" }
  | {
    readonly kind: "sources";
    /** The name or content that was asked for. */
    readonly wanted?: string;
    /**
     * The one that was named least recently comes first. There may be none although there are more,
     * if there are too many to look at all.
     */
    readonly sources: readonly Source[];
    /** What else there is under names that are too long for it: who asks for one is told its sources. */
    readonly named?: readonly NamedContent[];
    /** How many there are at least beyond these; who asks again is told others. */
    readonly more: number;
  }
  | { readonly kind: "no source" }
  | {
    readonly kind: "done";
    /** The index's clock, in milliseconds. */
    readonly time?: number;
    /** How often the user has withdrawn a name everywhere by other sessions. @default {0} */
    readonly withdrawals?: number;
  }
  | {
    readonly kind: "certificate";
    /** X.509 in DER, in base64url. */
    readonly certificate: string;
  }
  | {
    /** The request was not run: it came from an address that is not proven. */
    readonly kind: "moved";
    /** To be sent from there. */
    readonly token: string;
  }
  | {
    readonly kind: "registration";
    /** OPAQUE's registration response, in base64url. */
    readonly response: string;
  }
  | { readonly kind: "error"; readonly reason: string; readonly code?: ErrorCode };

/** By what a client tells the index from others, outside of boxes. Both are in base64url. */
export interface IndexProofs {
  /** In the resets of this session. */
  readonly resetValue: string;
  /** The index's public key, see `signature.ts`. */
  readonly signingKey: string;
}

/** Why a request was refused, in the meanings of HTTP's status codes (RFC 9110 section 15). */
export type ErrorCode = 400 | 401 | 403 | 413 | 429 | 500;

/** The reason given to a request whose user has no session at its address. */
export const NOT_LOGGED_IN = "not logged in";
