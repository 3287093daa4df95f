/**
 * Both ends of a plain transfer, written by hand.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";
import { ANY_PORT } from "./host.ts";

/** Connects to `address`, sends the bare `name` and leaves the rest to the caller. */
export async function askForFile(address: Address, name: string): Promise<Deno.TcpConn> {
  const socket = await Deno.connect({ hostname: address.hostname, port: address.port });
  await socket.write(new TextEncoder().encode(name));
  return socket;
}

/** Everything that comes until the other side closes. */
export async function readAll(socket: Deno.TcpConn): Promise<Uint8Array> {
  return new Uint8Array(await new Response(socket.readable).arrayBuffer());
}

/** The whole transfer: ask for `name`, read until the end. */
export async function fetchPlain(address: Address, name: string): Promise<Uint8Array> {
  return await readAll(await askForFile(address, name));
}

/** A source that does with each connection what `behave` says, after the name has come. */
export class TestSource implements AsyncDisposable {
  readonly #listener = Deno.listen(ANY_PORT);
  readonly #serving: Promise<void>;
  /** The names that were asked for. */
  readonly asked: string[] = [];

  constructor(behave: (socket: Deno.TcpConn) => Promise<void>) {
    this.#serving = this.#serve(behave);
  }

  /** Where the source listens. */
  get address(): Address {
    return this.#listener.addr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(behave: (socket: Deno.TcpConn) => Promise<void>): Promise<void> {
    for await (const socket of this.#listener) {
      const name = new Uint8Array(1_024);
      const length = await socket.read(name) ?? 0;
      this.asked.push(new TextDecoder().decode(name.subarray(0, length)));
      await behave(socket).catch(() => {});
      try {
        socket.close();
      } catch {
        // The behaviour closed it.
      }
    }
  }
}
