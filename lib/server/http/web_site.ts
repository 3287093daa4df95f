/**
 * The status page and what belongs to it: from a request to its answer.
 *
 * @module
 */

import { encodeUtf8 } from "../../protocol/utf8.ts";
import { ACCESS_COOKIE, type AccessToken, HostCheck } from "./access.ts";
import { Administrators, type AdminOptions } from "./admin_routes.ts";
import { EventStreams } from "./event_streams.ts";
import type { HttpRequest } from "./request.ts";
import { type HttpResponse, plain, type Refusal, refusal, withField } from "./response.ts";
import { pageRoutes, route, type Routes } from "./routes.ts";

/** How a {@linkcode WebSite} is reached. */
export interface WebSiteOptions extends AdminOptions {
  /** The IP address that is listened on. */
  readonly hostname: string;
  /** By which names it may be called besides. */
  readonly names: readonly string[];
  /** Without which nobody sees the page. */
  readonly token: AccessToken | undefined;
}

/** Answers requests. */
export class WebSite {
  readonly events: EventStreams;
  readonly #options: WebSiteOptions;
  readonly #hosts: HostCheck;
  #token: AccessToken | undefined;
  readonly #routes: Routes;

  constructor(options: WebSiteOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#hosts = new HostCheck(options.hostname, options.names);
    this.events = new EventStreams((isWatched) => options.backend.watch(isWatched));
    const { routes } = new Administrators(options);
    this.#routes = new Map([...pageRoutes(options.backend, this.events), ...routes]);
  }

  /** Lets in by another token than before, and ends what others follow by the former one. */
  renewToken(token: AccessToken): void {
    if (this.#token?.cookie === token.cookie) return;
    this.#token = token;
    this.events.endAll();
  }

  /** Answers `request`. Never rejects. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    if (!this.#hosts.allows(request.fields.get("host") ?? "")) return misdirected();
    const token = this.#token;
    const shown = request.query.get("token");
    if (token && request.path === "/" && shown !== null && token.is(shown)) {
      return this.#letIn(token);
    }
    if (token && !token.isShownBy(request)) return unauthorized();
    const refused = request.method === "POST" ? this.#faultOfPost(request) : undefined;
    return refused ? refusal(refused) : await route(this.#routes, request);
  }

  /**
   * Keeps the token in a cookie and drops it from the address. A redirect by status would still belong
   * to the page that linked here, and a strict cookie would not go along.
   */
  #letIn(token: AccessToken): HttpResponse {
    const secure = this.#options.isSecure ? "; Secure" : "";
    const cookie = `${ACCESS_COOKIE}=${token.cookie}; Path=/; HttpOnly; SameSite=Strict${secure}`;
    const page = '<!doctype html><title>BitTrickle</title><a href="/">Go on</a>\n';
    const body = encodeUtf8(page);
    const fields = [["Refresh", "0; url=/"], ["Set-Cookie", cookie]] as const;
    return { status: 200, type: "text/html; charset=utf-8", body, fields };
  }

  /** What changes something comes from this page only, whatever cookies a browser sends along. */
  #faultOfPost({ fields }: HttpRequest): Refusal | undefined {
    const own = `${this.#options.isSecure ? "https" : "http"}://${fields.get("host")}`;
    const site = fields.get("sec-fetch-site") ?? "same-origin";
    if (fields.get("origin") !== own.toLowerCase() || site !== "same-origin") {
      return { status: 403, reason: "this comes from another site" };
    }
    if (/^application\/json *(;|$)/i.test(fields.get("content-type") ?? "")) return undefined;
    return { status: 415, reason: "a body is application/json" };
  }
}

function misdirected(): HttpResponse {
  return plain(
    "This server does not know that name: call it by its address, or start it with --http-name\n",
    421,
  );
}

function unauthorized(): HttpResponse {
  const text = "Open this page once with /?token= and the access token after it\n";
  return withField(plain(text, 401), "WWW-Authenticate", "Bearer");
}
