/**
 * What an administrator may do over HTTP, and how one logs in.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { isAdminPassword } from "../accounts/admin_password.ts";
import { AdminSessions, isToken } from "./admin_sessions.ts";
import type { Backend } from "./backend.ts";
import { LoginGate } from "./login_gate.ts";
import { cookieIn, type HttpRequest } from "./request.ts";
import { type HttpResponse, json, jsonText, refusal, withField } from "./response.ts";
import type { Handler, Route, Routes } from "./routes.ts";
import type { AdminAction } from "../log/log_text.ts";

/** What the routes need. */
export interface AdminOptions {
  readonly backend: Backend;
  /** Whether the page goes over TLS. */
  readonly isSecure: boolean;
  /** Reads what proves the administrator's password, if there is an administrator. */
  readonly verifier: () => Promise<string | undefined>;
  /** Whether a verifier proves a password. @default {@linkcode isAdminPassword} */
  readonly isPassword?: typeof isAdminPassword;
  /** The time, in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
}

/** What is changed for a user, or for somebody who is invited. */
type Change = "disable" | "enable" | "remove" | "revoke";

/** Longest life of an invitation, in seconds: a year. */
const MOST_SECONDS = 365 * 86_400;

/** The routes of the administrator. */
export class Administrators {
  readonly #options: AdminOptions;
  readonly #sessions = new AdminSessions();
  readonly #gate: LoginGate;
  readonly #clock: () => number;
  readonly #cookie: string;

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#gate = new LoginGate(this.#clock());
    // The prefix keeps whoever rules a neighbouring name from setting it; it needs TLS.
    this.#cookie = options.isSecure ? "__Host-bittrickle_admin" : "bittrickle_admin";
  }

  get routes(): Routes {
    const { backend } = this.#options;
    const post = (handle: Handler) => ({ method: "POST", handle }) as const;
    const get = (handle: Handler) => ({ method: "GET", handle }) as const;
    return new Map<string, Route>([
      ["/api/session", get((request) => this.#session(request))],
      ["/api/login", post((request) => this.#login(request))],
      ["/api/logout", post((request) => this.#logout(request))],
      ["/api/users", get((request) => this.#list(request, () => backend.users()))],
      ["/api/invitations", get((request) => this.#list(request, () => backend.invitations()))],
      ["/api/invitations/revoke", post((request) => this.#change(request, "revoke"))],
      ["/api/users/invite", post((request) => this.#invite(request))],
      ["/api/users/disable", post((request) => this.#change(request, "disable"))],
      ["/api/users/enable", post((request) => this.#change(request, "enable"))],
      ["/api/users/remove", post((request) => this.#change(request, "remove"))],
    ]);
  }

  async #session(request: HttpRequest): Promise<HttpResponse> {
    const verifier = await this.#options.verifier();
    const csrf = this.#csrfOf(request, verifier);
    const session = csrf === undefined ? {} : { csrf };
    return json({ v: 1, type: "session", isConfigured: verifier !== undefined, ...session });
  }

  async #login(request: HttpRequest): Promise<HttpResponse> {
    const { password } = fieldsIn(request);
    if (typeof password !== "string") throw malformedBody("password");
    const verifier = await this.#options.verifier();
    const { isPassword = isAdminPassword } = this.#options;
    const check = () => isPassword(password, verifier);
    const attempt = await this.#gate.attempt(request.hostname, this.#clock(), check);
    if (typeof attempt !== "string") return tooManyAttempts(attempt.waitMs);
    if (attempt === "right") return this.#begin(request, verifier!);
    this.#tell(request, { action: "login failed" });
    return refusal({ status: 403, reason: reasonOfRefusal(verifier) });
  }

  #begin(request: HttpRequest, verifier: string): HttpResponse {
    const former = cookieIn(request, this.#cookie);
    if (former !== undefined) this.#sessions.end(former);
    const { id, csrf } = this.#sessions.begin(verifier, this.#clock());
    this.#tell(request, { action: "login" });
    const answer = json({ v: 1, type: "session", isConfigured: true, csrf });
    return withField(answer, "Set-Cookie", this.#cookieWith(id, ""));
  }

  #logout(request: HttpRequest): Promise<HttpResponse> {
    return this.#whenTrusted(request, () => {
      this.#sessions.end(cookieIn(request, this.#cookie)!);
      this.#tell(request, { action: "logout" });
      const answer = json({ v: 1, type: "done" });
      return withField(answer, "Set-Cookie", this.#cookieWith("", "; Max-Age=0"));
    });
  }

  #list(request: HttpRequest, list: () => Promise<string>): Promise<HttpResponse> {
    return this.#whenLoggedIn(request, async () => jsonText(await list()));
  }

  #invite(request: HttpRequest): Promise<HttpResponse> {
    return this.#whenTrusted(request, async () => {
      const { user, seconds } = fieldsIn(request);
      if (typeof user !== "string") throw malformedBody("user");
      if (!isDuration(seconds)) throw malformedBody("seconds");
      const line = await this.#options.backend.invite(user, seconds);
      this.#tell(request, { action: "invite", user });
      return json({ v: 1, type: "invitation", user, line });
    });
  }

  #change(request: HttpRequest, change: Change): Promise<HttpResponse> {
    return this.#whenTrusted(request, async () => {
      const { user } = fieldsIn(request);
      if (typeof user !== "string") throw malformedBody("user");
      await this.#options.backend[change](user);
      this.#tell(request, { action: change, user });
      return json({ v: 1, type: "done" });
    });
  }

  /** Handles what changes something: its sender has the token of the session as well. */
  #whenTrusted(request: HttpRequest, handle: Handler): Promise<HttpResponse> {
    return this.#whenLoggedIn(request, (request, csrf) => {
      if (isToken(request.fields.get("x-csrf-token"), csrf)) return handle(request);
      return refusal({
        status: 403,
        reason: "the token of the session is missing: load the page again",
      });
    });
  }

  async #whenLoggedIn(
    request: HttpRequest,
    handle: (request: HttpRequest, csrf: string) => ReturnType<Handler>,
  ): Promise<HttpResponse> {
    const csrf = this.#csrfOf(request, await this.#options.verifier());
    if (csrf === undefined) {
      return refusal({ status: 401, reason: "log in as administrator first" });
    }
    return await handle(request, csrf);
  }

  #csrfOf(request: HttpRequest, verifier: string | undefined): string | undefined {
    return this.#sessions.csrfOf(cookieIn(request, this.#cookie), verifier, this.#clock());
  }

  #tell({ hostname, port }: HttpRequest, action: Omit<AdminAction, "from">): void {
    this.#options.backend.tell({ ...action, from: { hostname, port } });
  }

  #cookieWith(value: string, end: string): string {
    const secure = this.#options.isSecure ? "; Secure" : "";
    return `${this.#cookie}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}${end}`;
  }
}

function fieldsIn({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Neither.
  }
  throw new BitTrickleError("malformed", "The body is no JSON object");
}

function isDuration(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MOST_SECONDS;
}

function malformedBody(field: string): BitTrickleError {
  return new BitTrickleError("malformed", `The body needs a valid "${field}"`);
}

function tooManyAttempts(waitMs: number): HttpResponse {
  const seconds = Math.ceil(waitMs / 1_000);
  const reason = `too many attempts: try again in ${seconds} s`;
  return withField(refusal({ status: 429, reason }), "Retry-After", String(seconds));
}

function reasonOfRefusal(verifier: string | undefined): string {
  return verifier === undefined
    ? "there is no administrator yet: run `bittrickle-server admin passwd`"
    : "wrong password";
}
