/**
 * Certificates for sessions: who may ask for how many, and what the index remembers of them.
 *
 * @module
 */

import { TokenBucket } from "../async/token_bucket.ts";
import { reasonOf } from "../errors.ts";
import type { Reply } from "../protocol/messages.ts";
import { labelOf } from "../protocol/tls.ts";
import type { Certificates } from "./certificates.ts";
import type { Session } from "./sessions/sessions.ts";

/**
 * Certificates per second and at once for one user, who needs one for each program that serves files:
 * each costs the index some milliseconds.
 */
export const CERTIFICATES_PER_USER = { perSecond: 5, burst: 20 } as const;

const TOO_MANY: Reply = { kind: "error", code: 429, reason: "too many certificates, try again" };

/** Answers those who ask for certificates. */
export class SessionCertificates {
  readonly #certificates: Certificates;
  /** Kept across logins, so that a new login does not refill the bucket. */
  readonly #rates = new Map<string, TokenBucket>();

  constructor(certificates: Certificates) {
    this.#certificates = certificates;
  }

  /** That of the authority. */
  async authority(): Promise<Reply> {
    return { kind: "certificate", certificate: await this.#certificates.authority() };
  }

  /** One for the public key `spki`, by whose name `session` is told to others from then on. */
  async issue(session: Session, spki: string, now: number): Promise<Reply> {
    if (!this.#rateOf(session.user, now).take(now)) return TOO_MANY;
    try {
      const certificate = await this.#certificates.issue(spki);
      session.tlsLabel = labelOf(spki);
      return { kind: "certificate", certificate };
    } catch (error) {
      return { kind: "error", code: 400, reason: reasonOf(error) };
    }
  }

  #rateOf(user: string, now: number): TokenBucket {
    const rate = this.#rates.get(user) ?? new TokenBucket(CERTIFICATES_PER_USER, now);
    this.#rates.set(user, rate);
    return rate;
  }
}
