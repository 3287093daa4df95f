/**
 * A user with a sealed session, in the test's own process.
 *
 * @module
 */

import { IndexLocation, type IndexLocationOptions } from "../../lib/peer/session/index_location.ts";
import type {
  NewsDetails,
  SessionNews,
  SessionRequest,
} from "../../lib/peer/session/index_session.ts";
import { SealedSession, type SealedSessionOptions } from "../../lib/peer/session/sealed_session.ts";
import type { Address } from "../../lib/protocol/address.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { SHARE } from "./sealed_as.ts";
import { PORTS } from "./users.ts";

/** How a {@linkcode TestSession} is set up. */
export type TestSessionOptions = SealedSessionOptions & Partial<IndexLocationOptions>;

/** A session and what it told. */
export class TestSession implements AsyncDisposable {
  readonly news: SessionNews[] = [];
  /** Of which servers it was, if that was told. */
  readonly details: NewsDetails[] = [];
  readonly session: SealedSession;

  constructor(index: Address, readonly user: string, options: TestSessionOptions = {}) {
    const onNews = (news: SessionNews, details?: NewsDetails) => {
      this.news.push(news);
      if (details) this.details.push(details);
    };
    this.session = new SealedSession(new IndexLocation({ index, ...options }), {
      onNews,
      share: SHARE,
      ...options,
    });
  }

  /** Makes a session and logs in with the password of every test. */
  static async join(
    index: Address,
    user: string,
    options?: TestSessionOptions,
  ): Promise<TestSession> {
    const member = new TestSession(index, user, options);
    await member.session.logIn(user, `pw-${user}`, PORTS);
    return member;
  }

  /** Asks, and returns the items of a list or the kind of any other reply. */
  async ask(request: SessionRequest): Promise<readonly string[] | Reply["kind"]> {
    const reply = await this.session.ask(request);
    return reply.kind === "list" ? reply.items : reply.kind;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close();
  }
}
