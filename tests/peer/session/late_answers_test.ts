import { assertEquals } from "@std/assert";
import { SealedMember } from "../../support/sealed_member.ts";
import { TestIndex } from "../../support/test_index.ts";
import { UdpProxy } from "../../support/udp_proxy.ts";
import { waitFor } from "../../support/wait_for.ts";

const HELLO = "BT2/hello";
const CHALLENGE = "BT2/challenge";

Deno.test("a challenge of an earlier login that comes late does not end the session", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await SealedMember.join(proxy.address, "hans");
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
