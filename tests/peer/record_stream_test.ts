import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { ByteReader } from "../../lib/net/byte_reader.ts";
import { Connection } from "../../lib/net/connection.ts";
import { RecordStream } from "../../lib/peer/record_stream.ts";

const KEY = new Uint8Array(32);
const SMALL_HEADER = new Uint8Array([0, 0, 0, 20]);

/** What receiving fails with when the other side sends `bytes` and is cut off. */
async function failureAfter(bytes: Uint8Array): Promise<string> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using connection = await Connection.open(listener.addr as Deno.NetAddr, { stallMs: 5_000 });
  const other = await listener.accept();
  await other.write(bytes);
  other.close();
  const keys = { send: KEY, receive: KEY };
  const stream = new RecordStream(connection, new ByteReader(connection), keys);
  const { code } = await assertRejects(() => stream.receive(100), BitTrickleError);
  return code;
}

Deno.test("wherever a connection is cut, nobody is to blame but the network", async () => {
  for (const length of [1, 3, 4]) {
    assertEquals(await failureAfter(SMALL_HEADER.subarray(0, length)), "network", `${length}`);
  }
  const begun = new Uint8Array([...SMALL_HEADER, 7]);
  assertEquals(await failureAfter(begun), "network");
});

Deno.test("a record that is too short to be one is a fault", async () => {
  assertEquals(await failureAfter(new Uint8Array(4)), "malformed");
});
