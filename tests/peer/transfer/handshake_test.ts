/**
 * The beginning of a sealed transfer: the downloader talks to the source that the index named, and to
 * nobody else; both speak the one protocol.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Connection } from "../../../lib/net/connection.ts";
import { ConnectionListener } from "../../../lib/net/connection_listener.ts";
import { makeTlsTerminator } from "../../../lib/net/make_tls_terminator.ts";
import type { TlsTerminator } from "../../../lib/net/tls_terminator.ts";
import { acceptTransfer, openTransfer } from "../../../lib/peer/transfer/handshake.ts";
import type { RecordStream } from "../../../lib/peer/transfer/record_stream.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { tlsNameOf } from "../../../lib/protocol/tls.ts";
import { someBytes } from "../../support/bytes.ts";
import { codeOf } from "../../support/failures.ts";
import { type LabelledIdentity, TestAuthority } from "../../support/test_authority.ts";
import { CAN_FAKE_TIME, runAt } from "../../support/wrong_clock.ts";

const OPTIONS = { stallMs: 10_000 };
const MIB = 1_048_576;
const RECORD = someBytes(100, 2);
const AUTHORITY = new TestAuthority();

/** A source that takes one downloader after the other, and what it has heard. */
class Source implements AsyncDisposable {
  readonly heard: Uint8Array[] = [];
  readonly #listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
  readonly #terminator: TlsTerminator;
  readonly #serving: Promise<void>;
  /** Why downloaders were turned away. */
  readonly failures: unknown[] = [];

  private constructor(terminator: TlsTerminator) {
    this.#terminator = terminator;
    this.#serving = this.#serve();
  }

  static async start(identity: LabelledIdentity): Promise<Source> {
    return new Source(await makeTlsTerminator(identity));
  }

  get address(): Address {
    return this.#listener.address;
  }

  async #serve(): Promise<void> {
    for await (const socket of this.#listener.accept()) {
      using outer = new Connection(socket, OPTIONS);
      await this.#serveOne(outer).catch((error) => this.failures.push(error));
    }
  }

  async #serveOne(outer: Connection): Promise<void> {
    const { connection, ended } = await this.#terminator.terminate(outer);
    try {
      await this.#echo(connection);
    } finally {
      connection.close();
      await ended;
    }
  }

  async #echo(connection: Connection): Promise<void> {
    const stream = await acceptTransfer(connection);
    for (let record; (record = await stream.receive(MIB));) {
      this.heard.push(record);
      await stream.send(record);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
    this.#terminator[Symbol.dispose]();
  }
}

async function echoed(stream: RecordStream): Promise<Uint8Array | undefined> {
  using _ = stream.connection;
  await stream.send(RECORD);
  return await stream.receive(RECORD.length);
}

// A host that was silent once is spoken to in another way from then on.
for (const when of ["at first", "after a silence"]) {
  const test = (name: string, run: () => Promise<void>) => Deno.test(`${when}: ${name}`, run);

  test("records go both ways between a downloader and the source that was named", async () => {
    const identity = await AUTHORITY.identity();
    await using source = await Source.start(identity);
    const expected = { label: identity.label, authority: await AUTHORITY.certificate() };
    assertEquals(await echoed(await openTransfer(source.address, expected, OPTIONS)), RECORD);
  });

  test("a source with the certificate of another authority hears nothing", async () => {
    const identity = await new TestAuthority().identity();
    await using source = await Source.start(identity);
    const expected = { label: identity.label, authority: await AUTHORITY.certificate() };
    assertEquals(await codeOf(openTransfer(source.address, expected, OPTIONS)), "malformed");
    assertEquals(source.heard, []);
  });

  test("a source that has another client's certificate hears nothing", async () => {
    await using source = await Source.start(await AUTHORITY.identity());
    const { label } = await AUTHORITY.identity();
    const expected = { label, authority: await AUTHORITY.certificate() };
    assertEquals(await codeOf(openTransfer(source.address, expected, OPTIONS)), "malformed");
    assertEquals(source.heard, []);
  });

  test("a source that speaks another protocol, or none, hears nothing", async () => {
    const authority = await AUTHORITY.certificate();
    const identity = await AUTHORITY.identity();
    const { certificate: cert, key, label } = identity;
    for (const alpnProtocols of [["bittrickle/1"], ["h2", "http/1.1"], []]) {
      const options = { hostname: "127.0.0.1", port: 0, cert, key };
      using listener = Deno.listenTls(
        alpnProtocols.length ? { ...options, alpnProtocols } : options,
      );
      const accepting = listener.accept().then(async (socket) => {
        using _ = socket;
        return await socket.read(new Uint8Array(1)).catch(() => null);
      });
      const opening = openTransfer(listener.addr, { label, authority }, OPTIONS);
      assertEquals(await codeOf(opening), "malformed", `${alpnProtocols}`);
      assertEquals(await accepting, null);
    }
  });

  test("who does not speak TLS is not heard, on either side", async () => {
    const identity = await AUTHORITY.identity();
    const { label } = identity;
    await using source = await Source.start(identity);
    using plain = await Connection.open(source.address, OPTIONS);
    await plain.write(new TextEncoder().encode("BT2/get ticket nonce\n"));
    while (await plain.read(new Uint8Array(100)).catch(() => null));
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const authority = await AUTHORITY.certificate();
    const opening = openTransfer(listener.addr, { label, authority }, OPTIONS);
    const failed = codeOf(opening);
    using socket = await listener.accept();
    await socket.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assertEquals(await failed, "malformed");
  });

  test("much goes both ways at once", async () => {
    const identity = await AUTHORITY.identity();
    await using source = await Source.start(identity);
    const expected = { label: identity.label, authority: await AUTHORITY.certificate() };
    const stream = await openTransfer(source.address, expected, OPTIONS);
    using _ = stream.connection;
    const records = Array.from({ length: 40 }, (_, i) => someBytes(MIB, i));
    const sending = stream.send(...records);
    for (const record of records) assertEquals(await stream.receive(MIB), record);
    await sending;
  });

  test("a source that says nothing is given up in time", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { label } = await AUTHORITY.identity();
    const expected = { label, authority: await AUTHORITY.certificate() };
    const failed = codeOf(openTransfer(listener.addr, expected, { stallMs: 100 }));
    using silent = await listener.accept();
    assertEquals(await failed, "timeout");
    if (when === "at first") return; // The runtime keeps the socket until its other end closes it.
    while (await silent.read(new Uint8Array(1_000)).catch(() => null) !== null);
  });
}

Deno.test("a downloader that speaks another protocol, or none, is not heard", async () => {
  const identity = await AUTHORITY.identity();
  await using source = await Source.start(identity);
  const caCerts = [await AUTHORITY.certificate()];
  for (const alpnProtocols of [["bittrickle/1"], []]) {
    const { hostname, port } = source.address;
    const options = { hostname: tlsNameOf(identity.label), caCerts };
    const socket = await Deno.connect({ hostname, port });
    using secured = await Deno.startTls(
      socket,
      alpnProtocols.length ? { ...options, alpnProtocols } : options,
    );
    await secured.write(Uint8Array.of(0, 0, 0, 1, 1)).catch(() => {});
    assertEquals(await secured.read(new Uint8Array(10)).catch(() => null), null);
  }
  assertEquals(source.heard, []);
});

Deno.test("a machine whose clock is years off talks to others", {
  ignore: !CAN_FAKE_TIME,
}, async () => {
  const identity = await AUTHORITY.identity();
  await using source = await Source.start(identity);
  const { hostname, port } = source.address;
  const authority = await AUTHORITY.certificate();
  const script = fromFileUrl(new URL("../../support/echo_program.ts", import.meta.url));
  for (const year of [1971, 1999, 2150]) {
    const said = await runAt(
      `${year}-06-01`,
      script,
      hostname,
      `${port}`,
      identity.label,
      authority,
    );
    assertEquals(said, `it is ${year}`);
  }
});
