/**
 * The least that a program can do.
 *
 * @module
 */

Deno.stdout.writeSync(new TextEncoder().encode("hello\n"));
