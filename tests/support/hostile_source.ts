/**
 * A source that is logged in like any other, publishes what it likes and answers as it is scripted.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ByteReader } from "../../lib/net/byte_reader.ts";
import { Connection, ConnectionListener } from "../../lib/net/connection.ts";
import type { IndexSession } from "../../lib/peer/session/index_session.ts";
import { openSession } from "../../lib/peer/session/open_session.ts";
import { acceptTransfer } from "../../lib/peer/transfer/handshake.ts";
import type { RecordStream } from "../../lib/peer/transfer/record_stream.ts";
import { TAG_BYTES } from "../../lib/protocol/aead.ts";
import type { FileDetails } from "../../lib/protocol/messages.ts";
import {
  decodeTransferRequest,
  LINE_BYTES,
  type TransferRequest,
} from "../../lib/protocol/transfer.ts";
import { type Hashed, pieceOf } from "./hashed.ts";
import type { TestIndex } from "./test_index.ts";
import { SHARE } from "./sealed_as.ts";

/** Longest request that is understood. */
const REQUEST_BYTES = 1_000;

/** Pause between two words about a queue, in milliseconds. */
const QUEUE_MS = 20;

/** One request, and all that it takes to answer it well or badly. */
export interface Turn {
  readonly request: TransferRequest;
  /** The records that an honest source would send. */
  readonly records: readonly Uint8Array[];
  readonly connection: Connection;
  readonly stream: RecordStream;
  /** Sends a reply, whatever it says. */
  reply(text: string): Promise<void>;
  /** Sends records, announced as they should be. */
  send(...records: readonly Uint8Array[]): Promise<void>;
}

/** What a source does with a request. */
export type Script = (turn: Turn) => Promise<void>;

/** Answers as it should. */
export const honest: Script = (turn) => turn.send(...turn.records);

/** Answers as it should, but requests for pieces, which `script` answers. */
export function onPieces(script: Script): Script {
  return (turn) => turn.request.verb === "pieces" ? script(turn) : honest(turn);
}

/** Answers requests for hashes by `script`, and others as it should. */
export function onLayer(script: Script): Script {
  return (turn) => turn.request.verb === "layer" ? script(turn) : honest(turn);
}

/** Is busy with others until `isFree`, and honest then. */
export function busyUntil(isFree: () => boolean): Script {
  return async (turn) => {
    while (!isFree()) {
      await turn.reply("429 1");
      await delay(QUEUE_MS);
    }
    await honest(turn);
  };
}

/** One byte of a piece now and then. */
export const drip: Script = async ({ connection, reply, records }) => {
  await reply("200 1");
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, records[0]!.length + TAG_BYTES);
  await connection.write(header);
  for (;;) {
    await connection.write(new Uint8Array(1));
    await delay(20);
  }
};

/** Says nothing until the downloader gives up. */
export async function stall({ connection }: Turn): Promise<void> {
  while (await connection.read(new Uint8Array(1)) !== null);
}

/** How a {@linkcode HostileSource} behaves. */
export interface Behaviour {
  /** @default {honest} */
  readonly script?: Script;
  /** Answers the opening of a connection in its own words, and no request after that. */
  readonly greet?: (connection: Connection) => Promise<void>;
}

/** A user with a port of its own, of whom nothing needs to be true. */
export class HostileSource implements AsyncDisposable {
  readonly #listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
  readonly #closing = new AbortController();
  readonly #ends = new Set<Promise<void>>();
  readonly #serving: Promise<void>;
  readonly #session: IndexSession;
  readonly #file: Hashed;
  /** The requests that came. */
  readonly asked: TransferRequest[] = [];
  /** How many connections came. */
  connections = 0;
  behaviour: Behaviour;

  private constructor(session: IndexSession, file: Hashed, behaviour: Behaviour) {
    this.#session = session;
    this.#file = file;
    this.behaviour = behaviour;
    this.#serving = this.#serve();
  }

  /** Logs `user` in at `index`, to serve `file`. */
  static async join(
    index: TestIndex,
    user: string,
    file: Hashed,
    behaviour: Behaviour = {},
  ): Promise<HostileSource> {
    const session = openSession(2, { index: index.address, shareOf: () => SHARE });
    const source = new HostileSource(session, file, behaviour);
    await session.logIn(user, `pw-${user}`, source.#listener.address.port);
    return source;
  }

  /** Publishes `name`, with the truth about the file unless `lie` says otherwise. */
  async publish(name: string, lie: Partial<FileDetails> = {}): Promise<void> {
    const { size, id } = this.#file;
    await this.#session.ask({ verb: "pub", name, details: { size, id, ...lie } });
  }

  /** The pieces that were asked for, sorted. */
  get askedPieces(): number[] {
    const firsts = this.asked.flatMap((it) => it.verb === "pieces" ? [it.first] : []);
    return firsts.sort((a, b) => a - b);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#closing.abort();
    await Promise.all([this.#serving, ...this.#ends, this.#session.close()]);
  }

  async #serve(): Promise<void> {
    for await (const socket of this.#listener.accept()) {
      this.connections++;
      const end = this.#hear(socket).catch(() => {});
      this.#ends.add(end);
      end.finally(() => this.#ends.delete(end));
    }
  }

  async #hear(socket: Deno.TcpConn): Promise<void> {
    const { signal } = this.#closing;
    using connection = new Connection(socket, { stallMs: 30_000, signal });
    const { greet } = this.behaviour;
    if (greet) {
      await new ByteReader(connection).line(LINE_BYTES);
      return await greet(connection);
    }
    const admit = (ticket: string) => this.#session.openTicket(ticket);
    const { stream } = (await acceptTransfer(connection, new Uint8Array(), admit))!;
    for (;;) {
      const text = await stream.receive(REQUEST_BYTES);
      if (!text) return;
      await this.#answer(stream, decodeTransferRequest(text));
    }
  }

  async #answer(stream: RecordStream, request: TransferRequest): Promise<void> {
    this.asked.push(request);
    const { script = honest } = this.behaviour;
    const text = (text: string) => new TextEncoder().encode(text);
    await script({
      request,
      records: this.#records(request),
      connection: stream.connection,
      stream,
      reply: (line) => stream.send(text(line)),
      send: (...records) => stream.send(text(`200 ${records.length}`), ...records),
    });
  }

  #records(request: TransferRequest): Uint8Array[] {
    const { content, layer } = this.#file;
    if (request.verb === "layer") return layer.length === 0 ? [] : [layer];
    if (request.verb !== "pieces") return [];
    return Array.from({ length: request.count }, (_, i) => pieceOf(content, request.first + i));
  }
}
