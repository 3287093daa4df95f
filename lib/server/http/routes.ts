/**
 * What may be asked of the HTTP server, by path and method.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { BitTrickleError, messageOf } from "../../errors.ts";
import { withSmartCase } from "../../protocol/search_query.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { ASSETS } from "../page/assets.ts";
import type { Questions } from "./backend.ts";
import type { EventStreams } from "./event_streams.ts";
import type { HttpRequest } from "./request.ts";
import { failure, type HttpResponse, jsonText, plain, refusal, withField } from "./response.ts";

/** Answers a request, or throws a {@linkcode BitTrickleError}. */
export type Handler = (request: HttpRequest) => MaybePromise<HttpResponse>;

/** What may be done at a path. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly handle: Handler;
}

/** Routes by their paths. */
export type Routes = ReadonlyMap<string, Route>;

/** Longest search, in characters: what a name may have. */
const SEARCH_CHARACTERS = 1_000;

/** What everybody may ask who may see the page. */
export function pageRoutes(backend: Questions, events: EventStreams): Routes {
  const assets = [...ASSETS].map(([path, { type, bytes }]): [string, Handler] => {
    return [path, () => ({ status: 200, type, body: bytes })];
  });
  const handlers: [string, Handler][] = [
    ...assets,
    ["/healthz", () => health(backend)],
    ["/metrics", async () => metricsOf(await backend.metrics())],
    ["/api/status", async () => jsonText(await backend.status())],
    ["/api/history", async () => jsonText(await backend.history())],
    ["/api/search", (request) => search(backend, request)],
    ["/api/events", (request) => follow(backend, events, request)],
  ];
  return new Map(handlers.map(([path, handle]) => [path, { method: "GET", handle }]));
}

/** Does what `request` asks for, if `routes` have it. Never rejects. */
export async function route(routes: Routes, request: HttpRequest): Promise<HttpResponse> {
  const found = routes.get(request.path);
  if (!found) return refusal({ status: 404, reason: "there is nothing at this address" });
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method !== found.method) {
    const reason = `this address takes ${found.method} only`;
    return withField(refusal({ status: 405, reason }), "Allow", found.method);
  }
  try {
    return await found.handle(request);
  } catch (error) {
    if (error instanceof BitTrickleError) return failure(error);
    return refusal({ status: 500, reason: messageOf(error) });
  }
}

async function health(backend: Questions): Promise<HttpResponse> {
  const fault = await backend.fault().catch(({ message }: Error) => message);
  return fault === undefined ? plain("ok\n") : plain(`${fault}\n`, 503);
}

function metricsOf(text: string): HttpResponse {
  return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: encodeUtf8(text) };
}

/** A search for nothing finds all files. */
async function search(backend: Questions, { query }: HttpRequest): Promise<HttpResponse> {
  const [text, after] = [query.get("q") ?? "", query.get("after") ?? undefined];
  if (Math.max(text.length, after?.length ?? 0) > SEARCH_CHARACTERS) {
    throw new BitTrickleError("usage", `A search has ${SEARCH_CHARACTERS} characters at most`);
  }
  return jsonText(await backend.search(withSmartCase(text), after));
}

async function follow(
  backend: Questions,
  events: EventStreams,
  { hostname }: HttpRequest,
): Promise<HttpResponse> {
  if (!events.hasRoomFor(hostname)) {
    throw new BitTrickleError(
      "timeout",
      "Too many browsers follow this page: close one, or try again later",
    );
  }
  const body = events.follow(hostname, await backend.status());
  return { status: 200, type: "text/event-stream", body };
}
