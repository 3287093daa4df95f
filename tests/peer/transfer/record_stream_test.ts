/**
 * Records over real connections: what was sent comes, in its order, or the connection is of no more
 * use.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { BitTrickleError } from "../../../lib/errors.ts";
import { ByteReader } from "../../../lib/net/byte_reader.ts";
import { Connection } from "../../../lib/net/connection.ts";
import { RecordStream } from "../../../lib/peer/transfer/record_stream.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";

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

/** A record, as it travels. */
function frameOf(content: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + content.length);
  new DataView(frame.buffer).setUint32(0, content.length);
  frame.set(content, 4);
  return frame;
}

/** What comes of `frames`: contents, and then the end or the code of an error. */
async function received(frames: readonly Uint8Array[], most = MOST): Promise<unknown[]> {
  using pair = await Pair.open();
  for (const frame of frames) await pair.client.write(frame);
  pair.client.close();
  const receiver = new RecordStream(pair.server);
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
  const [sender, receiver] = [new RecordStream(pair.client), new RecordStream(pair.server)];
  const contents = [0, 1, 16_379, 16_380, 16_381, 16_384, 16_385, PIECE_BYTES, 3].map((length) =>
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

Deno.test("a record is its length and its content", async () => {
  using pair = await Pair.open();
  const sending = new RecordStream(pair.client).send(...RECORDS);
  const expected = Buffer.concat(RECORDS.map(frameOf));
  const received = new Uint8Array(expected.length);
  await new ByteReader(pair.server).fill(received);
  assertEquals(received, new Uint8Array(expected));
  await sending;
});

Deno.test("a record that is cut anywhere is no end", async () => {
  const frame = frameOf(RECORDS[0]!);
  assertEquals(await received([]), ["end"]);
  for (let length = 1; length < frame.length; length++) {
    assertEquals(await received([frame.subarray(0, length)]), ["network"], `${length} bytes`);
  }
});

Deno.test("a record that is too large is refused before it has come", async () => {
  const frame = frameOf(RECORDS[1]!);
  assertEquals(await received([frame], 100), [RECORDS[1], "end"]);
  assertEquals(await received([frame], 99), ["malformed"]);
  assertEquals(await received([Uint8Array.of(255, 255, 255, 255)]), ["malformed"]);
});
