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

Deno.test("serve() goes on while an answer has to wait", async () => {
  using client = DatagramSocket.bind(LOOPBACK);
  using server = DatagramSocket.bind(LOOPBACK);
  const late = Promise.withResolvers<Uint8Array>();
  const serving = server.serve((datagram) => datagram[0] === 1 ? late.promise : datagram.slice());
  const heard: number[] = [];
  const receiving = client.receive(([first]) => {
    heard.push(first!);
    if (first === 3) late.resolve(new Uint8Array([1]));
    if (first === 1) client.close();
  });
  for (const first of [1, 2, 3]) await client.send(new Uint8Array([first]), server.address);
  await receiving;
  server.close();
  await serving;
  assertEquals(heard, [2, 3, 1]);
});

Deno.test("an answer that comes after close() is not sent, and does no harm", async () => {
  using client = DatagramSocket.bind(LOOPBACK);
  const server = DatagramSocket.bind(LOOPBACK);
  const asked = Promise.withResolvers<void>();
  const late = Promise.withResolvers<Uint8Array>();
  const serving = server.serve(() => {
    asked.resolve();
    return late.promise;
  });
  await client.send(new Uint8Array(1), server.address);
  await asked.promise;
  server.close();
  await serving;
  late.resolve(new Uint8Array(1));
  await late.promise;
});

Deno.test("bind() says that another program is using the port", () => {
  using first = DatagramSocket.bind(LOOPBACK);
  const error = assertThrows(() => DatagramSocket.bind(first.address), BitTrickleError);
  assertEquals(error.code, "network");
  assertEquals(
    error.message,
    `Cannot listen on UDP 127.0.0.1:${first.address.port}: another program is using the port: ` +
      "stop it, or choose another port",
  );
});

Deno.test("close() may be called twice, and nothing is sent after it", async () => {
  const socket = DatagramSocket.bind(LOOPBACK);
  const { address } = socket;
  socket.close();
  socket.close();
  await socket.send(new Uint8Array(1), address);
});
