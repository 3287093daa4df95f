/**
 * Whoever looks after a server is told why etcd does not do something.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { EtcdClient } from "../../lib/etcd/etcd_client.ts";
import { etcdError } from "../../lib/etcd/etcd_error.ts";
import { Gateway } from "../../lib/etcd/gateway.ts";
import { watch } from "../../lib/etcd/watch.ts";
import { failureOf } from "../support/failures.ts";
import { hostAndPort, TEST_HOST } from "../support/host.ts";

const ALL = { from: "/", to: "0" };
const QUICK = { ms: 300, attemptMs: 100 };

/** Something that answers `body` to whatever comes. */
function answering(body: unknown) {
  const options = { hostname: TEST_HOST, port: 0, onListen: () => {} };
  const server = Deno.serve(options, () => new Response(`${JSON.stringify(body)}\n`));
  return {
    endpoint: `http://${hostAndPort(server.addr.port)}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a watch that etcd ends says why", async () => {
  const ends: [end: Record<string, unknown>, message: RegExp][] = [
    [{ cancel_reason: "etcdserver: permission denied" }, /check the role of its user$/],
    [{ cancel_reason: "\u001b[31mno" }, /^etcd says "\\u\{1b\}\[31mno"$/],
    [{}, /^etcd has ended the watch$/],
    [{ cancel_reason: 7 }, /^etcd has ended the watch$/],
  ];
  for (const [end, expected] of ends) {
    await using server = answering({ result: { canceled: true, ...end } });
    using gateway = new Gateway({ endpoints: [server.endpoint] });
    const query = { endpoint: server.endpoint, range: ALL, revision: 1 };
    const { message } = await failureOf(watch(gateway, query, AbortSignal.timeout(5_000)).next());
    assertMatch(message, expected);
  }
});

Deno.test("what etcd gives in the place of a token is not shown to it", async () => {
  for (const token of [undefined, 7, "", "a\nb"]) {
    await using server = answering({ header: { revision: "7" }, token });
    const user = { name: "hans", password: () => Promise.resolve("pw") };
    using gateway = new Gateway({ endpoints: [server.endpoint], user });
    const { code, message } = await failureOf(
      new EtcdClient(gateway).range({ prefix: "/" }, QUICK),
    );
    assertEquals(code, "malformed");
    assertMatch(message, /^etcd answers with a token that is none/);
  }
});

Deno.test("what is too much for etcd is told so", () => {
  const said = { message: "etcdserver: request is too large", code: 3 };
  const { code, message } = etcdError(JSON.stringify(said));
  assertEquals([code, message], [
    "refused",
    "that is more than etcd takes at once: raise its --max-request-bytes",
  ]);
});

Deno.test("a port that the runtime does not ask is told so", async () => {
  using gateway = new Gateway({ endpoints: [`http://${hostAndPort(6_000)}`] });
  const { message } = await failureOf(new EtcdClient(gateway).range({ prefix: "/" }, QUICK));
  assertMatch(message, /cannot be reached: no program may ask at that port, choose another$/);
});
