import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { EtcdClient } from "../../lib/etcd/etcd_client.ts";
import { Gateway } from "../../lib/etcd/gateway.ts";
import { PATIENCE_MS } from "../../lib/etcd/patience.ts";
import { watch } from "../../lib/etcd/watch.ts";
import { failureOf } from "../support/failures.ts";
import { freePorts } from "../support/free_ports.ts";
import { TEST_HOST } from "../support/host.ts";

/** A server that answers as `answer` says. */
function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: TEST_HOST, port: 0, onListen: () => {} }, answer);
  return {
    endpoint: `http://${TEST_HOST}:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const GOOD = JSON.stringify({ header: { revision: "7" } });
const ALL = { range: { from: "/", to: "0" }, revision: 1 };
const QUICK = { ms: 300, attemptMs: 100 };

Deno.test("the next endpoint is asked when one does not answer", async () => {
  await using good = serve(() => new Response(GOOD));
  const gone = `http://${TEST_HOST}:${freePorts(1)[0]}`;
  for (let i = 0; i < 5; i++) {
    using gateway = new Gateway({ endpoints: [gone, good.endpoint] });
    assertEquals((await new EtcdClient(gateway).range({ prefix: "/" })).revision, 7);
  }
});

Deno.test("it is told in plain words why an endpoint cannot be reached", async () => {
  const port = freePorts(1)[0];
  const reasons = [
    [`http://${TEST_HOST}:${port}`, "nobody is listening there"],
    ["http://no.such.host.invalid:2379", "there is no such host"],
  ] as const;
  for (const [endpoint, reason] of reasons) {
    using gateway = new Gateway({ endpoints: [endpoint] });
    const { code, message } = await failureOf(new EtcdClient(gateway).range({ prefix: "/" }));
    const { host } = new URL(endpoint);
    assertEquals([code, message], ["network", `etcd at ${host} cannot be reached: ${reason}`]);
  }
});

Deno.test("nobody is waited for longer than was said", async () => {
  const released = Promise.withResolvers<void>();
  await using mute = serve(() => released.promise.then(() => new Response(GOOD)));
  using gateway = new Gateway({ endpoints: [mute.endpoint] });
  const begun = performance.now();
  const error = await failureOf(new EtcdClient(gateway).range({ prefix: "/" }, QUICK));
  assertEquals(error.message, "etcd does not answer");
  assert(performance.now() - begun < 2_000);
  released.resolve();
});

Deno.test("one that is silent is left after less than half a second, and not asked again", async () => {
  const released = Promise.withResolvers<void>();
  let asked = 0;
  await using mute = serve(() => (asked++, released.promise.then(() => new Response(GOOD))));
  await using good = serve(() => new Response(GOOD));
  using _ = { [Symbol.dispose]: () => released.resolve() };
  for (let i = 0; i < 5; i++) {
    using gateway = new Gateway({ endpoints: [mute.endpoint, good.endpoint] });
    const before = asked;
    const begun = performance.now();
    for (let call = 0; call < 3; call++) await new EtcdClient(gateway).range({ prefix: "/" });
    assert(performance.now() - begun < PATIENCE_MS.most);
    assert(asked <= before + 1);
  }
});

Deno.test("an answer that comes late is one, and etcd is not flooded meanwhile", async () => {
  let asked = 0;
  await using slow = serve(async () => {
    asked++;
    await delay(2 * PATIENCE_MS.least);
    return new Response(GOOD);
  });
  using gateway = new Gateway({ endpoints: [slow.endpoint] });
  const etcd = new EtcdClient(gateway);
  for (let call = 0; call < 5; call++) await etcd.range({ prefix: "/" });
  const before = asked;
  assertEquals((await etcd.range({ prefix: "/" })).revision, 7);
  assertEquals(asked, before + 1);
});

Deno.test("what etcd refuses is not asked again, and told in plain words", async () => {
  let asked = 0;
  const said: [status: number, message: string, code: number][] = [
    [500, "etcdserver: mvcc: database space exceeded", 8],
    [400, "etcdserver: permission denied", 7],
    [400, "etcdserver: \u001b[31mno", 3],
  ];
  await using server = serve(() => {
    const [status, message, code] = said[asked++]!;
    return new Response(JSON.stringify({ error: message, message, code }), { status });
  });
  using gateway = new Gateway({ endpoints: [server.endpoint] });
  const etcd = new EtcdClient(gateway);
  assertMatch((await failureOf(etcd.range({ prefix: "/" }))).message, /database is full/);
  assertMatch((await failureOf(etcd.range({ prefix: "/" }))).message, /check the role/);
  const { code, message } = await failureOf(etcd.range({ prefix: "/" }));
  assertEquals([code, message], ["refused", 'etcd says "etcdserver: \\u{1b}[31mno"']);
  assertEquals(asked, 3);
});

Deno.test("a node that was set up anew by itself is not one of those that were joined", async () => {
  let cluster = "1";
  await using node = serve(() => {
    return new Response(JSON.stringify({ header: { cluster_id: cluster, revision: "7" } }));
  });
  using gateway = new Gateway({ endpoints: [node.endpoint] });
  const etcd = new EtcdClient(gateway);
  assertEquals((await etcd.range({ prefix: "/" })).revision, 7);
  cluster = "2";
  const { code, message } = await failureOf(etcd.range({ prefix: "/" }, QUICK));
  assertEquals(code, "network");
  assertMatch(message, /is of another cluster than the one that was joined/);
});

Deno.test("odd answers are errors, whatever they are", async () => {
  const range = (kvs: unknown) => ({ header: { revision: "7" }, kvs });
  const odd: unknown[] = [
    ...[null, 7, [], {}, { header: {} }, { header: { revision: "-1" } }],
    ...[{ header: { revision: 7 } }, { header: { revision: "99999999999999999999" } }],
    ...[range({}), range([null]), range([{ key: 1 }]), range([{ key: "*" }])],
    ...[range([{ key: "YQ==", value: "*" }]), range([{ key: "YQ==", mod_revision: "x" }])],
  ];
  let answer: unknown;
  await using server = serve(() => new Response(JSON.stringify(answer)));
  using gateway = new Gateway({ endpoints: [server.endpoint] });
  for (answer of odd) {
    const { code } = await failureOf(new EtcdClient(gateway).range({ prefix: "/" }, QUICK));
    assertEquals(code, "malformed", JSON.stringify(answer));
  }
});

Deno.test("a page that leads nowhere is no page", async () => {
  const [before, first, last, after] = ["/a/", "/b/1", "/b/2", "/c"].map((key) => ({
    key: btoa(key),
  }));
  const pages: [kvs: unknown[], isPage: boolean][] = [
    [[first, last], true],
    [[], false], // And there is more: it would be asked for without an end.
    [[before, first], false],
    [[first, after], false],
  ];
  for (const [kvs, isPage] of pages) {
    const answer = { header: { revision: "7" }, kvs, more: true };
    await using server = serve(() => new Response(JSON.stringify(answer)));
    using gateway = new Gateway({ endpoints: [server.endpoint] });
    const range = new EtcdClient(gateway).range({ prefix: "/b/", limit: 2 }, QUICK);
    if (isPage) assertEquals((await range).entries.length, 2);
    else assertMatch((await failureOf(range)).message, /^etcd answers with a page that is none/);
  }
});

Deno.test("a page of somebody else's, a redirect and nonsense are errors", async () => {
  const answers = [
    () => new Response("<html>\u001b</html>", { status: 200 }),
    () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
    () => new Response("", { status: 503 }),
  ];
  for (const answer of answers) {
    await using server = serve(answer);
    using gateway = new Gateway({ endpoints: [server.endpoint] });
    const { code } = await failureOf(new EtcdClient(gateway).range({ prefix: "/" }, QUICK));
    assert(["malformed", "network"].includes(code), code);
  }
});

Deno.test("a line of a watch that has no end is given up", async () => {
  const endless = new TextEncoder().encode("x".repeat(1_000_000));
  await using server = serve(() => {
    return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(endless) }));
  });
  using gateway = new Gateway({ endpoints: [server.endpoint] });
  const lines = watch(gateway, { ...ALL, endpoint: server.endpoint }, new AbortController().signal);
  assertMatch((await failureOf(lines.next())).message, /more than \d+ bytes/);
});

Deno.test("a watch ends when it is told to", async () => {
  await using server = serve(() => {
    const created = new TextEncoder().encode('{"result":{"created":true}}\n');
    return new Response(new ReadableStream({ start: (controller) => controller.enqueue(created) }));
  });
  using gateway = new Gateway({ endpoints: [server.endpoint] });
  const stopping = new AbortController();
  const lines = watch(gateway, { ...ALL, endpoint: server.endpoint }, stopping.signal);
  assertEquals((await lines.next()).value, { changes: [], isFragment: false });
  const next = lines.next();
  stopping.abort();
  await failureOf(next);
});
