/**
 * A status page in this thread.
 *
 * @module
 */

import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { AccessToken } from "../../lib/server/http/access.ts";
import { answersOf } from "../../lib/server/http/backend.ts";
import { WebServer, type WebServerLimits } from "../../lib/server/http/web_server.ts";
import { WebSite } from "../../lib/server/http/web_site.ts";
import { FakeStatus } from "./fake_status.ts";
import { ask, type RawAnswer, type RawRequest } from "./raw_http.ts";
import type { AdminAction } from "../../lib/server/log/log_text.ts";

/** What proves {@linkcode PASSWORD}. */
export const VERIFIER = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$" +
  "AhKJD4ojVPQKoNXDLIzpj3QdG6Q8YXtCiRtxa4QWz1c";

/** The administrator's password. */
export const PASSWORD = "correct-horse";

/** How a {@linkcode TestSite} is. */
export interface TestSiteOptions extends WebServerLimits {
  readonly token?: string;
  readonly names?: readonly string[];
  /** What proves the administrator's password. @default {@linkcode VERIFIER} */
  readonly verifier?: () => string | undefined;
  /** Whether passwords cost what they do elsewhere; else {@linkcode PASSWORD} is right at once. */
  readonly isCostly?: boolean;
  readonly clock?: () => number;
}

/** Serves a {@linkcode FakeStatus}. */
export class TestSite implements AsyncDisposable {
  readonly status = new FakeStatus();
  readonly actions: AdminAction[] = [];
  /** Whether anybody has followed the events, in order. */
  readonly watched: boolean[] = [];
  readonly site: WebSite;
  readonly server: WebServer;

  constructor(options: TestSiteOptions = {}) {
    const { token, names = [], verifier, isCostly = false, clock = Date.now, ...limits } = options;
    this.site = new WebSite({
      backend: {
        ...answersOf(this.status, this.status),
        watch: (isWatched) => this.watched.push(isWatched),
        tell: (action) => this.actions.push(action),
      },
      hostname: "127.0.0.1",
      names,
      isSecure: false,
      token: token === undefined ? undefined : new AccessToken(token),
      verifier: () => Promise.resolve(verifier ? verifier() : VERIFIER),
      ...isCostly ? {} : { isPassword: async (given, it) => await given === PASSWORD && !!it },
      clock,
    });
    const listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
    this.server = new WebServer(listener, (request) => this.site.answer(request), limits);
  }

  get address(): Address {
    return this.server.address;
  }

  /** Asks as a browser on its page would, but for what `request` says. */
  ask(request: RawRequest): Promise<RawAnswer> {
    return ask(this.address, request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
