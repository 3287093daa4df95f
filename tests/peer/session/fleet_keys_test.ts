/**
 * Which servers are those of one index: all that have its key.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { type Address, formatAddress } from "../../../lib/protocol/address.ts";
import { failureOf } from "../../support/failures.ts";
import { joinFleet, memberOf, ScriptedFleet } from "../../support/scripted_fleet.ts";
import { ScriptedIndex, ServerIdentity } from "../../support/scripted_index.ts";
import { PORTS } from "../../support/users.ts";
import { waitFor } from "../../support/wait_for.ts";

/** Lets silence show sooner. */
const QUICK = { heartbeatMs: 100, retransmitMs: Array<number>(10).fill(100) };

Deno.test("a server with another key is refused and named, and the others go on", async () => {
  await using fleet = new ScriptedFleet(2);
  await using other = new ScriptedIndex();
  const known = new InMemoryKnownServers();
  const [first, last] = fleet.addresses as [Address, Address];
  const { hostname, port } = other.address;
  const foreign = { hostname, port };
  const servers = [first, foreign, last];
  await using hans = await joinFleet(servers, { known, ...QUICK });
  fleet.silence(0);
  await waitFor("the other server", () => hans.news.includes("moved"));
  assertEquals(hans.news, ["forged", "moved"]);
  assertEquals(hans.details, [{ server: foreign }, { from: first, to: last }]);
  assertEquals(other.count("login"), 0);

  await using vader = memberOf([foreign, first], { known, ...QUICK });
  const error = await failureOf(() => vader.session.logIn("hans", "pw-hans", PORTS));
  assertEquals(error.code, "refused");
  assertStringIncludes(error.message, `The server at ${formatAddress(other.address)} has another`);
});

Deno.test("a server that is known by another key than the index is not even asked", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  const known = new InMemoryKnownServers();
  await using _ = await joinFleet([a!.address], { known });
  const { opaqueKey, signer: { publicKey: signingKey } } = new ServerIdentity();
  await known.remember(b!.address, { opaqueKey, signingKey, strongUsers: [] });
  await using hans = await joinFleet(fleet.addresses, { known, ...QUICK });
  fleet.silence(0);
  await waitFor("the warning", () => hans.news.includes("forged"));
  assertEquals([hans.details[0], b!.count("hello")], [{ server: fleet.addresses[1] }, 0]);
});

Deno.test("what one server has proven is known of all, and each is remembered by its name", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  const known = new InMemoryKnownServers();
  for (const server of fleet.servers) server.stretching = "strong";
  {
    await using _ = await joinFleet([a!.address], { known });
  }
  assertEquals((await known.pinOf(a!.address))?.strongUsers, ["hans"]);
  assertEquals(await known.pinOf(b!.address), undefined);
  b!.stretching = "light";
  await using weak = memberOf([b!.address, a!.address], { known });
  fleet.silence(0);
  const error = await failureOf(() => weak.session.logIn("hans", "pw-hans", PORTS));
  assertStringIncludes(error.message, "a user whose password it has in clear");
  b!.stretching = "strong";
  await using _ = await joinFleet([b!.address, a!.address], { known });
  assertEquals(await known.pinOf(b!.address), await known.pinOf(a!.address));
});

Deno.test("a wrong password is tried at one server, once the index is known", async () => {
  await using fleet = new ScriptedFleet(3);
  const known = new InMemoryKnownServers();
  {
    await using _ = await joinFleet(fleet.addresses, { known });
  }
  const before = fleet.servers.map((server) => server.count("hello"));
  await using hans = memberOf(fleet.addresses, { known });
  const error = await failureOf(() => hans.session.logIn("hans", "wrong", PORTS));
  assertEquals(error.code, "login_refused");
  const asked = fleet.servers.filter((server, i) => server.count("hello") > before[i]!);
  assertEquals(asked.length, 1);
});
