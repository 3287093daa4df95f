/**
 * Computes one step of OPAQUE for a client in another language: reads
 * `{ "step": "startLogin" | "finishLogin", "parameters": … }` from standard input, and writes what the
 * library returns, or `null`, as JSON.
 *
 * @module
 */

import { client, ready } from "@serenity-kit/opaque";

await ready;
const { step, parameters } = await new Response(Deno.stdin.readable).json();
const compute = step === "startLogin" ? client.startLogin : client.finishLogin;
await new Blob([JSON.stringify(compute(parameters) ?? null)]).stream().pipeTo(Deno.stdout.writable);
