/**
 * What clients ask and the index answers, whatever protocol carries it.
 *
 * @module
 */

import type { ContentKey } from "./content.ts";
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
  }
  | { readonly verb: "lap"; readonly user: string; readonly after?: string }
  | {
    readonly verb: "lpf";
    readonly user: string;
    /** Whose publications; the asker's own if nobody is named. */
    readonly of?: string;
    readonly after?: string;
  }
  | {
    readonly verb: "pub";
    readonly user: string;
    readonly name: string;
    readonly details?: FileDetails;
  }
  | { readonly verb: "unp"; readonly user: string; readonly name: string }
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
    readonly verb: "sch";
    readonly user: string;
    /** Words that a name must contain, and filters: see {@linkcode parseSearch}. */
    readonly text: string;
    readonly after?: string;
  };

/** What is known of a published file beyond its name. */
export interface FileDetails {
  /** Bytes. */
  readonly size: number;
  /** Its id in hexadecimal, see `merkle.ts`, if it is known. */
  readonly id?: string;
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
}

/** A file that somebody publishes, whoever it is. */
export interface NamedContent {
  readonly name: string;
  readonly details: FileDetails;
}

/** The verbs there are. */
export type Verb = Request["verb"];

/** What a list is a list of. */
export type ListOf = "active peers" | "files published" | "files found";

/** An answer of the index. */
export type Reply =
  | {
    readonly kind: "welcome";
    /** The index's clock in milliseconds, where the protocol tells. */
    readonly time?: number;
    /** By what the index will be known, where the protocol tells. */
    readonly proofs?: IndexProofs;
  }
  | { readonly kind: "login failed" }
  | { readonly kind: "already active" }
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
    /** For each item where to go on after it, if its name is too long to be asked for. */
    readonly cursors?: readonly (string | undefined)[];
    /** For each item what is known of it, where anything is known of any. */
    readonly details?: readonly (FileDetails | undefined)[];
  }
  | { readonly kind: "published" }
  | { readonly kind: "unpublished" }
  | { readonly kind: "not published" }
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
  | { readonly kind: "done"; readonly time?: number }
  | {
    /** The request was not run: it came from an address that is not proven. */
    readonly kind: "moved";
    /** To be sent from there. */
    readonly token: string;
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
