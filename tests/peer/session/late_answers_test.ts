import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { TestSession } from "../../support/test_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { UdpProxy } from "../../support/udp_proxy.ts";
import { waitFor } from "../../support/wait_for.ts";

const HELLO = "BT2/hello";
const CHALLENGE = "BT2/challenge";
const LOGIN = "BT2/login";

Deno.test("a challenge of an earlier login that comes late does not end the session", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans");
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const late = proxy.recorded.find(({ bytes }) => textOf(bytes).startsWith(CHALLENGE))!;
  let hellos = 0;
  index.lose = (datagram) => {
    if (!datagram.startsWith(HELLO)) return false;
    if (++hellos === 1) void proxy.inject(late);
    return hellos <= 3;
  };
  index.clock.offset += 10_000; // The session is over.
  await waitFor("the news", () => hans.news.length > 0);
  assertEquals(hans.news, ["again"]);
});

Deno.test("an index that has gone silent is told as such, whatever it said before", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans", { heartbeatMs: 60_000 });
  index.clock.offset += 3_500; // The session is over.
  await using _ = await TestSession.join(index.address, "hans", { heartbeatMs: 60_000 });
  let logins = 0;
  index.lose = (datagram) => {
    const isLost = logins > 0;
    if (datagram.startsWith(LOGIN)) logins++;
    return isLost;
  };
  // Somebody else is at its place, which it is told once.
  const ask = () => hans.ask({ verb: "lap" });
  assertEquals((await assertRejects(ask, BitTrickleError)).code, "timeout");
  assert(logins > 0);
});
