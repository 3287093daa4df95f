import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

Deno.test("receive() hands over datagrams until the socket is closed", async () => {
  using sender = DatagramSocket.bind(LOOPBACK);
  using receiver = DatagramSocket.bind(LOOPBACK);
  const lengths: number[] = [];
  const receiving = receiver.receive((datagram) => {
    lengths.push(datagram.length);
    if (lengths.length === 3) receiver.close();
  });
  for (const length of [0, 5, 60_000]) await sender.send(new Uint8Array(length), receiver.address);
  await receiving;
  assertEquals(lengths, [0, 5, DATAGRAM_BYTES + 1]);
});

Deno.test("bind() says that another program is using the port", () => {
  using first = DatagramSocket.bind(LOOPBACK);
  const error = assertThrows(() => DatagramSocket.bind(first.address), BitTrickleError);
  assertEquals(error.code, "network");
  assertEquals(
    error.message,
    `Cannot listen on UDP 127.0.0.1:${first.address.port}: another program is using the port`,
  );
});

Deno.test("close() may be called twice, and nothing is sent after it", async () => {
  const socket = DatagramSocket.bind(LOOPBACK);
  const { address } = socket;
  socket.close();
  socket.close();
  await socket.send(new Uint8Array(1), address);
});
