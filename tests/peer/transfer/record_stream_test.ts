/**
 * Sealed records over real connections: what was sent comes, in its order, or the connection is of
 * no more use.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { ByteReader } from "../../../lib/net/byte_reader.ts";
import { Connection } from "../../../lib/net/connection.ts";
import { RecordStream } from "../../../lib/peer/transfer/record_stream.ts";
import { KEY_BYTES, TAG_BYTES } from "../../../lib/protocol/aead.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";

const [ONE, OTHER] = [someBytes(KEY_BYTES, 1), someBytes(KEY_BYTES, 2)];
const RECORDS = [someBytes(10), someBytes(100, 2), someBytes(20_000, 3)];
const MOST = PIECE_BYTES;

/** Both ends of a connection. */
class Pair implements Disposable {
  private constructor(readonly client: Connection, readonly server: Connection) {}

  static async open(): Promise<Pair> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const options = { stallMs: 10_000 };
    const [client, socket] = await Promise.all([
      Connection.open(listener.addr, options),
      listener.accept(),
    ]);
    return new Pair(client, new Connection(socket, options));
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}

function stream(connection: Connection, send = ONE, receive = OTHER): RecordStream {
  return new RecordStream(connection, new ByteReader(connection), { send, receive });
}

/** The frames of records, as they travel. */
async function framesOf(contents: readonly Uint8Array[]): Promise<Uint8Array[]> {
  using pair = await Pair.open();
  const sending = stream(pair.client).send(...contents);
  const reader = new ByteReader(pair.server);
  const frames: Uint8Array[] = [];
  for (const content of contents) {
    const frame = new Uint8Array(4 + content.length + TAG_BYTES);
    await reader.fill(frame);
    frames.push(frame);
  }
  await sending;
  return frames;
}

/** What comes of `frames`: contents, and then the end or the code of an error. */
async function received(frames: readonly Uint8Array[], most = MOST): Promise<unknown[]> {
  using pair = await Pair.open();
  for (const frame of frames) await pair.client.write(frame);
  pair.client.close();
  const receiver = stream(pair.server, OTHER, ONE);
  const contents: unknown[] = [];
  try {
    for (;;) {
      const content = await receiver.receive(most);
      if (!content) return [...contents, "end"];
      contents.push(content);
    }
  } catch (error) {
    return [...contents, (error as BitTrickleError).code];
  }
}

Deno.test("records of any size come whole and in their order", async () => {
  using pair = await Pair.open();
  const [sender, receiver] = [stream(pair.client), stream(pair.server, OTHER, ONE)];
  const contents = [0, 1, 16_363, 16_364, 16_365, PIECE_BYTES, 3].map((length) =>
    someBytes(length)
  );
  const sending = Promise.all([sender.send(...contents), ...contents.map((it) => sender.send(it))]);
  for (const content of [...contents, ...contents]) {
    assertEquals(await receiver.receive(MOST), content);
  }
  await sending;
  pair.client.close();
  assertEquals(await receiver.receive(MOST), undefined);
});

Deno.test("a record with any byte changed is malformed", async () => {
  const [frame] = await framesOf([RECORDS[0]!]);
  // The length is authenticated as well: shorter, it does not open, and longer, it does not end.
  for (let at = 3; at < frame!.length; at++) {
    const [outcome] = await received([frame!.with(at, frame![at]! ^ 1)]);
    assertEquals(outcome, at === 3 && (frame![3]! & 1) === 0 ? "network" : "malformed", `${at}`);
  }
});

Deno.test("records that are dropped, repeated, moved or put in are malformed", async () => {
  const [a, b, c] = await framesOf(RECORDS) as [Uint8Array, Uint8Array, Uint8Array];
  assertEquals(await received([a, b, c]), [...RECORDS, "end"]);
  assertEquals(await received([b]), ["malformed"]);
  assertEquals(await received([a, a]), [RECORDS[0], "malformed"]);
  assertEquals(await received([a, c, b]), [RECORDS[0], "malformed"]);
  assertEquals(await received([a, new Uint8Array(4), b]), [RECORDS[0], "malformed"]);
});

Deno.test("a record that is cut anywhere is no end", async () => {
  const [frame] = await framesOf([RECORDS[0]!]);
  assertEquals(await received([]), ["end"]);
  for (let length = 1; length < frame!.length; length++) {
    assertEquals(await received([frame!.subarray(0, length)]), ["network"], `${length} bytes`);
  }
});

Deno.test("a record of the other direction does not open", async () => {
  using pair = await Pair.open();
  await stream(pair.client).send(RECORDS[0]!);
  const error = await assertRejects(() => stream(pair.server).receive(MOST), BitTrickleError);
  assertEquals(error.code, "malformed");
});

Deno.test("a record that is too large is refused before it has come", async () => {
  const [frame] = await framesOf([RECORDS[1]!]);
  assertEquals(await received([frame!], 100), [RECORDS[1], "end"]);
  assertEquals(await received([frame!], 99), ["malformed"]);
  assertEquals(await received([Uint8Array.of(255, 255, 255, 255)]), ["malformed"]);
});
