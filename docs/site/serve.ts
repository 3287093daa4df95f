/**
 * Serves the built site on this machine, to look at it.
 *
 * @module
 */

import { join } from "@std/path";
import { POLICY } from "./layout.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Serves `folder` at a port of 127.0.0.1; 0 stands for a free one. */
export function serveSite(folder: string, port: number): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port, onListen: () => {} };
  return Deno.serve(options, async ({ url }) => await answer(folder, new URL(url).pathname));
}

async function answer(folder: string, path: string): Promise<Response> {
  const place = placeAt(path);
  if (place === undefined) return notFound();
  const type = TYPES[/\.\w+$/.exec(place)?.[0] ?? ""] ?? "text/plain; charset=utf-8";
  const headers = {
    "Content-Type": type,
    "X-Content-Type-Options": "nosniff",
    // A picture has styles of its own.
    ...type.startsWith("text/html") ? { "Content-Security-Policy": POLICY } : {},
  };
  try {
    return new Response(await Deno.readFile(join(folder, place)), { headers });
  } catch {
    return notFound();
  }
}

/** Where in the folder the file of `path` is; nothing for what leads out of it, or is no path. */
function placeAt(path: string): string | undefined {
  try {
    const place = decodeURIComponent(path.endsWith("/") ? `${path}index.html` : path);
    return /(^|[\\/])\.\.([\\/]|$)/.test(place) ? undefined : place;
  } catch {
    return undefined;
  }
}

function notFound(): Response {
  return new Response("Not found", { status: 404 });
}
