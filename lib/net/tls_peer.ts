/**
 * Whom to talk to over TLS.
 *
 * @module
 */

/** The source of a downloader. */
export interface TlsPeer {
  /** The name that its certificate has to tell. */
  readonly name: string;
  /** The certificate that vouches for it, in PEM. */
  readonly authority: string;
  /** The protocol that both sides insist on (ALPN, RFC 7301). */
  readonly protocol: string;
}
