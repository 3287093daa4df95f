/**
 * Somebody between a client and a server who keeps what passes.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";

/** Passes connections on to a server, and records what clients say. */
export class TcpRecorder implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #passing: Promise<void>;
  readonly #heard: Uint8Array[] = [];

  constructor(server: Address) {
    this.#passing = this.#pass(server);
  }

  /** Where clients connect to. */
  get address(): Address {
    return this.#listener.addr;
  }

  /** Everything that clients have sent. */
  get toServer(): Uint8Array {
    return Uint8Array.of(...this.#heard.flatMap((bytes) => [...bytes]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#passing;
  }

  async #pass({ hostname, port }: Address): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname, port });
      const record = new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, stream) => {
          this.#heard.push(bytes.slice());
          stream.enqueue(bytes);
        },
      });
      const ends = [
        client.readable.pipeThrough(record).pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ];
      await Promise.allSettled(ends);
    }
  }
}
