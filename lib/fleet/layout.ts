/**
 * Where things are in etcd. Below {@linkcode PREFIX} there are
 *
 *     catalogue                        the id of the catalogue, sealed
 *     session/<user>/<place>           a session, sealed; on the lease of its server
 *     clock/<server>                   the steady clock of a server, sealed; on the same lease
 *     account/<part>                   credentials, invitations, and more, sealed; see `account_parts.ts`
 *     server/<server>                  there as long as the lease of that server is
 *     lane/<server>/<lane>             the events that came by that lane last, sealed; on the same lease
 *     beat/<server>                    put by a server that hears nothing; on the same lease
 *     shared/<user>/<name>/<share>     a publication, sealed; all three are marks, see `secrets.ts`
 *
 * @module
 */

/** What all keys begin with; the number counts formats. */
export const PREFIX = "/bittrickle/1/";
/** The key of the catalogue's id. */
export const CATALOGUE_KEY: string = `${PREFIX}catalogue`;
/**
 * What the keys of publications begin with. They come after all others, so that what is watched is one range
 * without them: the lanes tell what changes of them, at one key a transaction.
 */
export const PUBLICATIONS: string = `${PREFIX}shared/`;
/** What the keys of all lanes begin with. */
export const LANE_KEYS: string = `${PREFIX}lane/`;

/** What the keys of sessions begin with. */
export const SESSIONS: string = `${PREFIX}session/`;
/** What the keys of clocks begin with. */
export const CLOCKS: string = `${PREFIX}clock/`;
/** What the keys of accounts begin with. */
export const ACCOUNTS: string = `${PREFIX}account/`;

/** The key that stands for a server. */
export function serverKey(server: string): string {
  return `${PREFIX}server/${server}`;
}

/** What the keys of a server's lanes begin with. */
export function lanesOf(server: string): string {
  return `${LANE_KEYS}${server}/`;
}

/** The key of one lane. */
export function laneKey(server: string, lane: number): string {
  return `${lanesOf(server)}${lane}`;
}

/** The key that a server puts to see whether its watch is still told of anything. */
export function beatKey(server: string): string {
  return `${PREFIX}beat/${server}`;
}
