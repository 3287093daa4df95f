/**
 * Asks a page of releases which one is the newest.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { pageFault, parseRelease, type Release } from "./release.ts";

/** How long the page may take, in milliseconds: whoever asks waits for it. */
const WAIT_MS = 10_000;

/** Longest description of a release, in bytes: a hundred times what there is in one. */
const MOST_BYTES = 16_384;

/** Most places to go to: GitHub has two. */
const MOST_REDIRECTS = 5;

/** Hosts of this machine, with which nobody else can interfere. */
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The newest release at the page of releases `page`, an address laid out as GitHub does:
 * `latest/download/release.json` below it describes the newest one.
 *
 * @param ms How long that may take, in milliseconds
 * @throws {BitTrickleError} `usage` for an address that is no safe one, `network`, `timeout`,
 * `not_found` if there is no release, or `malformed`
 */
export async function newestRelease(page: string, ms = WAIT_MS): Promise<Release> {
  if (!isSafe(page)) throw unsafePage(page);
  const url = `${page.replace(/\/+$/, "")}/latest/download/release.json`;
  try {
    const response = await follow(url, page, AbortSignal.timeout(ms));
    return parseRelease(await textOf(response, page), page);
  } catch (cause) {
    throw cause instanceof BitTrickleError ? cause : unreachable(page, cause);
  }
}

/** Asks for `url`, and goes where it is sent as long as that is safe, too. */
async function follow(url: string, page: string, signal: AbortSignal): Promise<Response> {
  for (let i = 0; i < MOST_REDIRECTS; i++) {
    const response = await fetch(url, { signal, redirect: "manual" });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    url = URL.parse(location, url)?.href ?? "";
    if (!isSafe(url)) throw pageFault(page, "leads to one that is not encrypted");
  }
  throw pageFault(page, "leads from one place to the next");
}

/** Whoever is in between could tell anything of a page that is not encrypted. */
function isSafe(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "https:" ||
    url?.protocol === "http:" && LOOPBACK.includes(url.hostname);
}

async function textOf({ status, body }: Response, page: string): Promise<string> {
  if (status !== 200 || !body) {
    await body?.cancel();
    throw refusal(status, page);
  }
  const bytes = new Uint8Array(MOST_BYTES);
  let length = 0;
  for await (const part of body) {
    if (length + part.length > MOST_BYTES) {
      throw pageFault(page, `tells more than ${MOST_BYTES} bytes of the newest one`);
    }
    bytes.set(part, length);
    length += part.length;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

function unsafePage(page: string): BitTrickleError {
  const reason = `"${escapeText(page)}" is no address of releases: it has to begin with https://`;
  return new BitTrickleError("usage", reason);
}

function refusal(status: number, page: string): BitTrickleError {
  const where = escapeText(page);
  return status === 404
    ? new BitTrickleError("not_found", `There is no release at ${where}`)
    : new BitTrickleError("network", `${where} answers ${status}: try again later`);
}

function unreachable(page: string, cause: unknown): BitTrickleError {
  const where = escapeText(page);
  const isLate = cause instanceof DOMException && cause.name === "TimeoutError";
  return isLate
    ? new BitTrickleError("timeout", `No answer from ${where}: try again later`, { cause })
    : new BitTrickleError("network", `Cannot ask ${where}: check the network`, { cause });
}
