/**
 * The port at which a client serves over TLS. Its number has to be told when the client logs in, but
 * nobody is heard before there is a certificate, which takes a session.
 *
 * @module
 */

import type { ConnectionListener } from "../net/connection_listener.ts";
import { makeTlsTerminator } from "../net/make_tls_terminator.ts";
import type { TlsTerminator } from "../net/tls_terminator.ts";
import { TLS_PROTOCOL } from "../protocol/tls.ts";
import { askForCertificate, makeKey, type PeerKey } from "./certificates.ts";
import type { Ask } from "./session/index_session.ts";

/** Takes over the listener, and what takes TLS off its connections. */
export type OnOpen = (listener: ConnectionListener, terminator: TlsTerminator) => void;

/** A port that is opened once there is something to serve. */
export class SealedPort implements Disposable {
  readonly #listener: ConnectionListener;
  readonly #onOpen: OnOpen;
  #key: PeerKey | undefined;
  #opening: Promise<void> | undefined;
  #isOpen = false;

  constructor(listener: ConnectionListener, onOpen: OnOpen) {
    this.#listener = listener;
    this.#onOpen = onOpen;
  }

  /** Its number. */
  get port(): number {
    return this.#listener.address.port;
  }

  /**
   * Opens the port, unless it is open.
   *
   * @throws {BitTrickleError} of the index
   */
  open(ask: Ask): Promise<void> {
    this.#opening ??= this.#certify(ask).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /**
   * Asks by `ask`, and opens the port as soon as anybody may come for what is published, or for what
   * there is of a download.
   */
  openingFor(ask: Ask): Ask {
    return async (request) => {
      if (request.verb === "pub" || request.verb === "have") await this.open(ask);
      return await ask(request);
    };
  }

  /**
   * Tells a new session whom it has to name as a source, if the port is open. The certificate that there
   * is stays good, as the key is the same.
   *
   * @throws {BitTrickleError} of the index
   */
  async renew(ask: Ask): Promise<void> {
    if (this.#isOpen) await this.#certify(ask);
  }

  [Symbol.dispose](): void {
    this.#isOpen = true;
    this.#listener.close();
  }

  async #certify(ask: Ask): Promise<void> {
    const { spki, privateKey: key } = this.#key ??= makeKey();
    const certificate = await askForCertificate(ask, spki);
    if (this.#isOpen) return;
    const terminator = await makeTlsTerminator({ certificate, key, protocol: TLS_PROTOCOL });
    if (this.#isOpen) return terminator[Symbol.dispose]();
    this.#isOpen = true;
    this.#onOpen(this.#listener, terminator);
  }
}
