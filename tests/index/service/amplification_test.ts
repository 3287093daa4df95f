import { assert, assertEquals } from "@std/assert";
import { decoded, resetOf, type ServiceClient, TestService } from "../../support/test_service.ts";
import { LAN } from "../../support/users.ts";

/** A file name so long that the reply to a `get` of it is longer than the request. */
const LONG_LIST = Array.from({ length: 20 }, (_, i) => `a long name of a file ${i}.txt`);

function started(): { readonly service: TestService; readonly hans: ServiceClient } {
  const service = new TestService();
  return { service, hans: service.member("hans", LAN) };
}

Deno.test({
  name: "no datagram that names an unknown session, however short, is answered with more bytes",
  permissions: "none",
}, () => {
  const message = new TestService().member("hans", LAN).message({ verb: "lap", user: "hans" });
  const service = new TestService();
  const kinds = new Set<string>();
  for (let length = 0; length <= message.length; length++) {
    const answer = service.send(message.subarray(0, length), LAN);
    if (length < 5) continue; // It belongs to the other protocol.
    assert((answer?.length ?? 0) <= length, `${answer?.length} bytes for ${length}`);
    kinds.add(decoded(answer)?.kind ?? "silence");
  }
  assertEquals([...kinds].sort(), ["reset", "silence"]);
});

Deno.test({
  name: "the address of a session that is over is sent no long reply again, but a reset",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  for (const name of LONG_LIST) hans.pub(name);
  const request = hans.message({ verb: "lpf", user: "hans" });
  const reply = service.send(request, LAN)!;
  assert(reply.length > request.length);
  assertEquals(service.send(request, LAN, 3_000), reply, "it is active, and may have missed it");
  assertEquals(decoded(service.send(request, LAN, 3_001)), resetOf(hans.keys.session));
});

Deno.test({
  name: "short replies are repeated after the end of a session: what was done is told",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const requests = [
    hans.message({ verb: "pub", user: "hans", name: "a.txt" }),
    hans.message({ verb: "bye", user: "hans" }),
  ];
  const replies = requests.map((request) => service.send(request, LAN));
  assertEquals(requests.map((request) => service.send(request, LAN, 60_000)), replies);
});
