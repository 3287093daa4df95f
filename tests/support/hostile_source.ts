/**
 * A source that is logged in like any other, publishes what it likes and answers as it is scripted.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Connection } from "../../lib/net/connection.ts";
import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import type { TlsTerminator } from "../../lib/net/tls_terminator.ts";
import type { IndexSession } from "../../lib/peer/session/index_session.ts";
import { SealedPort } from "../../lib/peer/sealed_port.ts";
import { openSession } from "../../lib/peer/session/open_session.ts";
import { acceptTransfer } from "../../lib/peer/transfer/handshake.ts";
import type { RecordStream } from "../../lib/peer/transfer/record_stream.ts";
import type { FileDetails } from "../../lib/protocol/messages.ts";
import { pieceCount } from "../../lib/protocol/merkle.ts";
import { encodeBitmap, encodeChosen } from "../../lib/protocol/swarm_records.ts";
import { decodeTransferRequest, type TransferRequest } from "../../lib/protocol/transfer.ts";
import { type Hashed, pieceOf } from "./hashed.ts";
import { PORTS } from "./users.ts";
import type { TestIndex } from "./test_index.ts";
import { SHARE } from "./sealed_as.ts";
import { ANY_PORT } from "./host.ts";

/** Longest request that is understood. */
const REQUEST_BYTES = 1_000;

/** Pause between two words about a queue, in milliseconds. */
const QUEUE_MS = 20;

/** One request, and all that it takes to answer it well or badly. */
export interface Turn {
  readonly request: TransferRequest;
  /** The records that an honest source would send. */
  readonly records: readonly Uint8Array[];
  /** Whether it lacks what is asked for. */
  readonly isLacking: boolean;
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
export const honest: Script = (turn) => {
  return turn.isLacking ? turn.reply("416") : turn.send(...turn.records);
};

/** Answers as it should, but requests for pieces, which `script` answers. */
export function onPieces(script: Script): Script {
  return (turn) => turn.request.verb === "pieces" ? script(turn) : honest(turn);
}

/** Answers requests for hashes by `script`, and others as it should. */
export function onLayer(script: Script): Script {
  return (turn) => turn.request.verb === "layer" ? script(turn) : honest(turn);
}

/** Answers requests of one kind by `script`, and others as it should. */
export function on(verb: TransferRequest["verb"], script: Script): Script {
  return (turn) => turn.request.verb === verb ? script(turn) : honest(turn);
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
  new DataView(header.buffer).setUint32(0, records[0]!.length);
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
  /** The pieces that it has. @default all */
  readonly had?: readonly number[];
  /** Answers the first request of a connection in its own words, and none after that. */
  readonly greet?: (connection: Connection) => Promise<void>;
}

/** A user with a port of its own, of whom nothing needs to be true. */
export class HostileSource implements AsyncDisposable {
  readonly #port = new SealedPort(
    ConnectionListener.bind(ANY_PORT),
    (listener, terminator) => {
      this.#terminator = terminator;
      this.#serving = this.#serve(listener, terminator);
    },
  );
  #terminator: TlsTerminator | undefined;
  readonly #closing = new AbortController();
  readonly #ends = new Set<Promise<void>>();
  #serving: Promise<void> | undefined;
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
  }

  /** Logs `user` in at `index`, to serve `file`. */
  static async join(
    index: TestIndex,
    user: string,
    file: Hashed,
    behaviour: Behaviour = {},
  ): Promise<HostileSource> {
    const session = openSession(2, { index: index.address, share: SHARE });
    const source = new HostileSource(session, file, behaviour);
    await session.logIn(user, `pw-${user}`, { ...PORTS, tls: source.#port.port });
    await source.#port.open((request) => session.ask(request));
    return source;
  }

  /** Publishes `name`, with the truth about the file unless `lie` says otherwise. */
  async publish(name: string, lie: Partial<FileDetails> = {}): Promise<void> {
    const { size, id } = this.#file;
    await this.#session.ask({ verb: "pub", name, details: { size, id, ...lie } });
  }

  /** Tells the index that it has some pieces, and fetches the rest. */
  async tellPart(): Promise<void> {
    const { size, id } = this.#file;
    await this.#session.ask({ verb: "have", content: { size, id } });
  }

  /** The pieces that were asked for, sorted. */
  get askedPieces(): number[] {
    const firsts = this.asked.flatMap((it) => it.verb === "pieces" ? [it.first] : []);
    return firsts.sort((a, b) => a - b);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#port[Symbol.dispose]();
    this.#closing.abort();
    await Promise.all([this.#serving, ...this.#ends, this.#session.close()]);
    this.#terminator?.[Symbol.dispose]();
  }

  async #serve(listener: ConnectionListener, terminator: TlsTerminator): Promise<void> {
    for await (const socket of listener.accept()) {
      this.connections++;
      const end = this.#hear(socket, terminator).catch(() => {});
      this.#ends.add(end);
      end.finally(() => this.#ends.delete(end));
    }
  }

  async #hear(socket: Deno.TcpConn, terminator: TlsTerminator): Promise<void> {
    const { signal } = this.#closing;
    using outer = new Connection(socket, { stallMs: 30_000, signal });
    const { connection, ended } = await terminator.terminate(outer);
    try {
      await this.#talk(connection);
    } finally {
      connection.close();
      await ended;
    }
  }

  async #talk(connection: Connection): Promise<void> {
    const stream = await acceptTransfer(connection);
    const { greet } = this.behaviour;
    if (greet) {
      await stream.receive(REQUEST_BYTES);
      return await greet(connection);
    }
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
      isLacking: this.#isLacking(request),
      connection: stream.connection,
      stream,
      reply: (line) => stream.send(text(line)),
      send: (...records) => stream.send(text(`200 ${records.length}`), ...records),
    });
  }

  #records(request: TransferRequest): Uint8Array[] {
    const { content, layer } = this.#file;
    switch (request.verb) {
      case "layer":
        return layer.length === 0 ? [] : [layer];
      case "pieces":
        return Array.from({ length: request.count }, (_, i) => pieceOf(content, request.first + i));
      case "choice": {
        const piece = request.pieces.find((piece) => this.#has(piece)) ?? 0;
        return [encodeChosen(piece), pieceOf(content, piece)];
      }
      case "have":
        return [encodeBitmap(request, pieceCount(content.length), (piece) => this.#has(piece))];
      case "bad":
        return [];
    }
  }

  #has(piece: number): boolean {
    return this.behaviour.had?.includes(piece) ?? true;
  }

  #isLacking(request: TransferRequest): boolean {
    if (request.verb === "choice") return !request.pieces.some((piece) => this.#has(piece));
    if (request.verb !== "pieces") return false;
    return Array.from({ length: request.count }, (_, i) => request.first + i).some((piece) => {
      return !this.#has(piece);
    });
  }
}
