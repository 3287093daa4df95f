import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../../lib/protocol/address.ts";
import { Networks } from "../../../lib/protocol/networks.ts";
import { ServiceClient, TestService } from "../../support/test_service.ts";
import { HANS, VADER } from "../../support/users.ts";

const NO_PERMISSIONS = { permissions: "none" } as const;
const ROUTER = "192.0.2.1";
const INNER: Address = { hostname: "172.17.0.2", port: 40_001 };

/** A service whose clients may say that they are in `networks`. */
function serviceFor(...networks: readonly string[]): TestService {
  const advertisable = new Networks();
  for (const network of networks) assert(advertisable.add(network));
  const usual = undefined;
  return new TestService(usual, usual, usual, usual, usual, usual, advertisable);
}

/** Where `asker` is told that the file is. */
function told(asker: ServiceClient): readonly (string | undefined)[] {
  const reply = asker.ask({ verb: "get", user: asker.user, name: "a.txt" });
  assert(reply?.kind === "sources");
  return [reply.sources[0]!.ip, reply.sources[0]!.otherIp];
}

Deno.test("others are told what a client advertises, and then where it is", NO_PERMISSIONS, () => {
  const service = serviceFor("192.0.2.0/24");
  const hans = service.member("hans", INNER, 0, { advertised: ROUTER });
  hans.pub("a.txt");
  assertEquals(told(service.member("vader", VADER)), [ROUTER, INNER.hostname]);
});

Deno.test("who advertises where it is says nothing new", NO_PERMISSIONS, () => {
  const service = serviceFor(INNER.hostname);
  service.member("hans", INNER, 0, { advertised: INNER.hostname }).pub("a.txt");
  assertEquals(told(service.member("vader", VADER)), [INNER.hostname, undefined]);
});

Deno.test("nobody advertises what the administrator has not allowed", NO_PERMISSIONS, () => {
  for (const service of [serviceFor(), serviceFor("192.0.3.0/24")]) {
    const hans = new ServiceClient(service, "hans", HANS, undefined, undefined, {
      advertised: ROUTER,
    });
    const reply = hans.logIn();
    const reason = `the server does not let clients advertise ${ROUTER}`;
    assertEquals(reply, { kind: "error", code: 403, reason });
  }
});
