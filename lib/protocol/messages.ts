/**
 * What clients ask and the index answers, whatever protocol carries it.
 *
 * @module
 */

/** A request, as its sender claims it. */
export type Request =
  | {
    readonly verb: "login";
    readonly user: string;
    readonly password: string;
    /** Where the user's uploads are served. */
    readonly tcpPort: number;
  }
  | { readonly verb: "heartbeat" | "lap" | "lpf"; readonly user: string }
  | { readonly verb: "pub" | "unp" | "get"; readonly user: string; readonly name: string }
  | { readonly verb: "sch"; readonly user: string; readonly text: string };

/** The verbs there are. */
export type Verb = Request["verb"];

/** What a list is a list of. */
export type ListOf = "active peers" | "files published" | "files found";

/** An answer of the index. */
export type Reply =
  | { readonly kind: "welcome" }
  | { readonly kind: "login failed" }
  | { readonly kind: "already active" }
  | {
    readonly kind: "list";
    readonly of: ListOf;
    readonly items: readonly string[];
    /** How many items there are beyond `items`, cut off because a reply has an end. */
    readonly more: number;
  }
  | { readonly kind: "published" }
  | { readonly kind: "unpublished" }
  | { readonly kind: "not published" }
  | { readonly kind: "source"; readonly ip: string; readonly port: number }
  | { readonly kind: "no source" }
  | { readonly kind: "error"; readonly reason: string };

/** The reason given to a request whose user has no session at its address. */
export const NOT_LOGGED_IN = "not logged in";
