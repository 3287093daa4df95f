/**
 * The source's end of TLS, by both ways that runtimes have of it: whatever the other end does, it is
 * closed when this program says so, and holds little memory.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { withTimeout } from "../../lib/async/with_timeout.ts";
import { Connection } from "../../lib/net/connection.ts";
import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import { hasStreams, makeTlsTerminator } from "../../lib/net/make_tls_terminator.ts";
import { RateLimit, type TransferLimits } from "../../lib/net/rate_limit.ts";
import { TlsRelay } from "../../lib/net/tls_relay.ts";
import { TlsStreams } from "../../lib/net/tls_stream.ts";
import type { TlsTerminator } from "../../lib/net/tls_terminator.ts";
import { TLS_PROTOCOL, tlsNameOf } from "../../lib/protocol/tls.ts";
import { someBytes } from "../support/bytes.ts";
import { codeOf } from "../support/failures.ts";
import { canRun } from "../support/permission.ts";
import { TcpRelay } from "../support/tcp_relay.ts";
import { type LabelledIdentity, TestAuthority } from "../support/test_authority.ts";

const MIB = 1_048_576;
const AUTHORITY = new TestAuthority();
const IDENTITY = await AUTHORITY.identity();
const CERTIFICATE = await AUTHORITY.certificate();

/** Longest wait for what should happen at once, in milliseconds. */
const SOON_MS = 5_000;

/** More than the sockets of both ends can hold. */
const MORE_THAN_FITS = 64 * MIB;

const KINDS: Record<string, (identity: LabelledIdentity) => TlsTerminator> = {
  streams: (identity) => new TlsStreams(identity),
  relay: (identity) => new TlsRelay(identity),
};

/** What a source does with one who has connected. */
type Serve = (connection: Connection, outer: Connection) => Promise<void>;

/** A source that serves whoever connects. */
class Source implements AsyncDisposable {
  /** How those ended who connected. */
  readonly ends: Promise<unknown>[] = [];
  readonly #listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;

  constructor(
    readonly terminator: TlsTerminator,
    readonly serve: Serve,
    readonly options: { readonly stallMs?: number; readonly limits?: TransferLimits } = {},
  ) {
    this.#accepting = this.#accept();
  }

  connect(port: number = this.port): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port });
  }

  get port(): number {
    return this.#listener.address.port;
  }

  /** A downloader that trusts the authority. */
  async secure(alpnProtocols = [TLS_PROTOCOL], port?: number): Promise<Deno.TlsConn> {
    const options = { hostname: tlsNameOf(IDENTITY.label), caCerts: [CERTIFICATE] };
    const protocols = alpnProtocols.length ? { alpnProtocols } : {};
    const secured = await Deno.startTls(await this.connect(port), { ...options, ...protocols });
    try {
      await secured.handshake();
      return secured;
    } catch (error) {
      secured.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#closing.abort();
    await this.#accepting;
    await Promise.all(this.ends);
    this.terminator[Symbol.dispose]();
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener.accept()) {
      this.ends.push(this.#hear(socket).catch((error) => error));
    }
  }

  async #hear(socket: Deno.TcpConn): Promise<void> {
    const { signal } = this.#closing;
    using outer = new Connection(socket, { stallMs: SOON_MS, signal, ...this.options });
    const { connection, ended } = await this.terminator.terminate(outer);
    try {
      await connection.handshake(TLS_PROTOCOL);
      await this.serve(connection, outer);
    } finally {
      connection.close();
      await ended;
    }
  }
}

const echo: Serve = async (connection) => {
  const buffer = new Uint8Array(65_536);
  for (let read; (read = await connection.read(buffer));) {
    await connection.write(buffer.subarray(0, read));
  }
};

/** Reads and forgets until the other end closes, and returns how many bytes came. */
async function drain(socket: Deno.Conn): Promise<number> {
  let bytes = 0;
  const buffer = new Uint8Array(65_536);
  for (let read; (read = await socket.read(buffer).catch(() => null));) bytes += read;
  return bytes;
}

async function readAll(socket: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) at += await socket.read(bytes.subarray(at)) ?? length;
  return bytes;
}

async function writeAll(socket: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** Fails unless `promise` resolves soon. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  let value: { it: T } | undefined;
  await withTimeout(promise.then((it) => void (value = { it })), SOON_MS);
  assert(value, "it takes too long");
  return value.it;
}

/** The beginning of a handshake, as a downloader sends it. */
async function helloBytes(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = { hostname: "a.invalid", alpnProtocols: [TLS_PROTOCOL] };
  const connecting = Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using peer = await listener.accept();
  using secured = await Deno.startTls(await connecting, options);
  const failed = secured.handshake().catch(() => {});
  const buffer = new Uint8Array(4_096);
  const length = await peer.read(buffer) ?? 0;
  peer.close();
  await failed;
  return buffer.slice(0, length);
}

for (const [kind, make] of Object.entries(KINDS)) {
  const test = (name: string, run: () => Promise<void>, ignore = false) => {
    const isMissing = kind === "streams" && !hasStreams(Deno.version.deno);
    Deno.test(`${kind}: ${name}`, { ignore: ignore || isMissing }, run);
  };

  test("bytes go both ways at once, as many as they like", async () => {
    await using source = new Source(make(IDENTITY), echo);
    using socket = await source.secure();
    const bytes = someBytes(16 * MIB, 3);
    const writing = writeAll(socket, bytes);
    assertEquals(await readAll(socket, bytes.length), bytes);
    await writing;
  });

  test("what is written arrives, though the connection is closed at once", async () => {
    const bytes = someBytes(200_000, 4);
    await using source = new Source(make(IDENTITY), (connection) => connection.write(bytes));
    using socket = await source.secure();
    assertEquals(await readAll(socket, bytes.length), bytes);
  });

  test("silence before, within and after a handshake leaves no socket", async () => {
    const silent: Serve = async (connection) => void await connection.read(new Uint8Array(1));
    await using source = new Source(make(IDENTITY), silent, { stallMs: 200 });
    const hello = await helloBytes();
    const beginnings = [new Uint8Array(), hello.subarray(0, 1), hello.subarray(0, 100), hello];
    const strangers = Array.from({ length: 50 }, async (_, i) => {
      using socket = await source.connect();
      await socket.write(beginnings[i % beginnings.length]!);
      await drain(socket);
    });
    using socket = await source.secure();
    await soon(Promise.all([...strangers, drain(socket)]));
    await soon(Promise.all(source.ends));
  });

  test("who leaves within a handshake, or after it without a word, is let go", async () => {
    await using source = new Source(make(IDENTITY), echo);
    await using relay = new TcpRelay(source.port);
    const hello = await helloBytes();
    for (const length of [0, 1, 100, hello.length]) {
      using socket = await source.connect();
      await socket.write(hello.subarray(0, length));
    }
    using socket = await source.secure([TLS_PROTOCOL], relay.address.port);
    await socket.write(Uint8Array.of(1));
    assertEquals(await readAll(socket, 1), Uint8Array.of(1));
    relay.cut();
    await soon(Promise.all(source.ends));
    assertEquals(source.ends.length, 5);
  });

  test("garbage, at once and in a handshake, ends the connection", async () => {
    await using source = new Source(make(IDENTITY), echo);
    const hello = await helloBytes();
    const bad = hello.with(5, 99);
    const cut = Uint8Array.of(...hello.subarray(0, 50), ...someBytes(500, 5));
    for (const bytes of [new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), bad, cut]) {
      using socket = await source.connect();
      await socket.write(bytes);
      await soon(drain(socket));
    }
    const ends = await soon(Promise.all(source.ends));
    assertEquals(ends.filter((it) => it instanceof Error).length, 3);
  });

  test("garbage after the handshake ends the connection", async () => {
    await using source = new Source(make(IDENTITY), echo);
    let isHostile = false;
    await using relay = new TcpRelay(source.port, {
      onAsked: (bytes) => bytes[bytes.length - 1]! ^= Number(isHostile),
    });
    using socket = await source.secure([TLS_PROTOCOL], relay.address.port);
    await socket.write(Uint8Array.of(1));
    assertEquals(await readAll(socket, 1), Uint8Array.of(1));
    isHostile = true;
    await socket.write(Uint8Array.of(2));
    await soon(drain(socket));
    assert(await soon(source.ends[0]!) instanceof Error);
  });

  test("who speaks another protocol, or none, is not heard", async () => {
    let heard = 0;
    await using source = new Source(make(IDENTITY), () => Promise.resolve(void heard++));
    for (const protocols of [["bittrickle/1"], ["h2", "http/1.1"], []]) {
      using socket = await source.secure(protocols).catch(() => undefined);
      if (socket) await soon(drain(socket));
    }
    const codes = await Promise.all(source.ends.map((end) =>
      codeOf(end.then((it) => {
        throw it;
      }))
    ));
    assertEquals([heard, ...codes], [0, "malformed", "malformed", "malformed"]);
  });

  test("what the other end does not read is not written on", async () => {
    const written = { bytes: 0 };
    const piece = new Uint8Array(MIB);
    await using source = new Source(make(IDENTITY), async (connection) => {
      for (; written.bytes < MORE_THAN_FITS; written.bytes += MIB) await connection.write(piece);
    }, { stallMs: 500 });
    using socket = await source.secure();
    assert(await soon(source.ends[0] ?? Promise.resolve()) instanceof Error);
    assert(written.bytes < MORE_THAN_FITS / 2, `${written.bytes} bytes written`);
    await drain(socket);
  });

  test("what nobody reads is not taken in", async () => {
    const going = Promise.withResolvers<void>();
    await using source = new Source(make(IDENTITY), () => going.promise);
    using socket = await source.secure();
    let taken = 0;
    const writing = (async () => {
      const piece = new Uint8Array(MIB);
      for (; taken < MORE_THAN_FITS; taken += MIB) await writeAll(socket, piece);
    })().catch(() => {});
    await withTimeout(writing, 1_000);
    going.resolve();
    await soon(writing);
    assert(taken < MORE_THAN_FITS / 2, `${taken} bytes taken in`);
  });

  test("a limit holds for what is sent and what comes", async () => {
    const limits = { up: new RateLimit(MIB), down: new RateLimit(MIB) };
    await using source = new Source(make(IDENTITY), echo, { limits });
    using socket = await source.secure();
    const bytes = someBytes(1.5 * MIB, 7);
    const began = performance.now();
    const writing = writeAll(socket, bytes);
    assertEquals(await readAll(socket, bytes.length), bytes);
    await writing;
    const seconds = (performance.now() - began) / 1_000;
    assert(seconds > 1.2, `${seconds} s for what should take 1.5 s`);
  });

  test("closing ends what is being written, and leaves nothing", async () => {
    const writing = Promise.withResolvers<Connection>();
    await using source = new Source(make(IDENTITY), async (connection, outer) => {
      const piece = new Uint8Array(MIB);
      writing.resolve(outer);
      for (;;) await connection.write(piece);
    });
    using socket = await source.secure();
    const outer = await writing.promise;
    await readAll(socket, MIB);
    outer.close();
    assert(await soon(source.ends[0]!) instanceof Error);
    await soon(drain(socket));
  });

  test("another program agrees on TLS 1.3", async () => {
    await using source = new Source(make(IDENTITY), echo);
    assert((await openssl(source.port, "-tls1_3")).includes("Cipher is TLS_"));
  }, !await canRun("openssl", "version"));

  test("nobody agrees on anything weaker than TLS 1.3 is", async () => {
    await using source = new Source(make(IDENTITY), echo);
    const weak = "AES128-SHA256:AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA";
    for (const args of [["-tls1_1"], ["-tls1_2", "-cipher", weak]]) {
      assert((await openssl(source.port, ...args)).includes("Cipher is (NONE)"), args.join(" "));
    }
    const tls12 = await openssl(source.port, "-tls1_2");
    // The runtime's own sockets cannot be told to refuse it; what they agree on is forward secret.
    const expected = kind === "relay" ? "Cipher is ECDHE-ECDSA" : "Cipher is (NONE)";
    assert(tls12.includes(expected), tls12);
  }, !await canRun("openssl", "version"));
}

Deno.test("a runtime that can serves TLS within this thread", async () => {
  const versions = ["1.46.3", "2.7.11", "2.8.0", "2.9.0", "2.10.1", "3.0.0"];
  assertEquals(versions.map(hasStreams), [false, false, false, true, true, true]);
  using terminator = await makeTlsTerminator(IDENTITY);
  assertEquals(terminator instanceof TlsStreams, hasStreams(Deno.version.deno));
});

/** What openssl makes of a handshake. */
async function openssl(port: number, ...args: readonly string[]): Promise<string> {
  const connect = ["s_client", "-connect", `127.0.0.1:${port}`, "-alpn", TLS_PROTOCOL, ...args];
  const command = new Deno.Command("openssl", { args: connect, stdin: "null", stderr: "piped" });
  const { stdout, stderr } = await command.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
