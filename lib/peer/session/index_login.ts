/**
 * Logging in at an index, whichever of its addresses answers.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";
import type { IndexLocation } from "./index_location.ts";
import type { KnownServers } from "./known_servers.ts";
import type { HandshakeOptions, SealedCredentials } from "./handshake_options.ts";
import { enter } from "./login_handshake.ts";
import { isFinal, type LoginOutcome } from "./login_outcome.ts";
import { isSilence } from "./relogin.ts";
import type { SealedLink } from "./sealed_link.ts";

/** How one try to log in is made. */
export type TryOptions = Omit<HandshakeOptions, "servers" | "known">;

/** Logs in at one index, and closes the links that led nowhere. */
export class IndexLogin {
  readonly #location: IndexLocation;
  readonly #known: KnownServers;
  readonly #closing = new Set<Promise<void>>();

  constructor(location: IndexLocation, known: KnownServers) {
    this.#location = location;
    this.#known = known;
  }

  /**
   * Tries over new links to all addresses. The one over which it succeeds stays open.
   *
   * @throws {BitTrickleError} as {@linkcode enter} and {@linkcode IndexLocation.openLinks}
   */
  async everywhere(credentials: SealedCredentials, options: TryOptions): Promise<LoginOutcome> {
    const { signal } = options;
    const links = await this.#location.openLinks(signal);
    const close = () => links.forEach((link) => this.close(link));
    signal.addEventListener("abort", close);
    try {
      const outcome = await this.#enter(links, credentials, options);
      if (signal.aborted) throw interrupted();
      if (outcome.kind === "entered") links.splice(links.indexOf(outcome.link), 1);
      return outcome;
    } finally {
      signal.removeEventListener("abort", close);
      close();
    }
  }

  /**
   * Tries first over `link`, if there is one: the index has just answered on it. It stays open. A session
   * that may still be open at another server ends with the new one, so that nothing of it comes late.
   *
   * @throws {BitTrickleError} as {@linkcode everywhere}
   */
  async again(
    link: SealedLink | undefined,
    { former, ...others }: SealedCredentials & { readonly former: string },
    options: TryOptions,
  ): Promise<LoginOutcome> {
    const credentials = this.#location.isFleet ? { ...others, former } : others;
    const outcome = link && await this.#enter([link], credentials, options);
    if (outcome && this.#isAnswer(outcome)) return outcome;
    if (link) this.#location.avoid(link.server);
    return await this.everywhere(credentials, options);
  }

  /** Closes `link`; {@linkcode closed} waits for it. */
  close(link: { close(): Promise<void> }): void {
    const closing = link.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** Resolves when everything that is being closed has been. */
  async closed(): Promise<void> {
    while (this.#closing.size > 0) await Promise.all(this.#closing);
  }

  /** Whether there is no point in asking elsewhere. */
  #isAnswer(outcome: LoginOutcome): boolean {
    if (outcome.kind === "entered") return true;
    if (this.#location.isFleet) return isFinal(outcome);
    return !isSilence(outcome) && outcome.kind !== "forged";
  }

  #enter(
    links: readonly SealedLink[],
    credentials: SealedCredentials,
    options: TryOptions,
  ): Promise<LoginOutcome> {
    const context = { servers: this.#location.servers, known: this.#known };
    return enter(links, credentials, { ...context, ...options });
  }
}
