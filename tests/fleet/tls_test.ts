import { assertEquals, assertMatch } from "@std/assert";
import { EtcdClient } from "../../lib/etcd/etcd_client.ts";
import { Gateway, type GatewayTls } from "../../lib/etcd/gateway.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { EtcdTls, HAS_OPENSSL } from "../support/etcd_tls.ts";
import { publish } from "../support/events.ts";
import { failureOf } from "../support/failures.ts";
import { CLUSTER_KEY, FleetServer } from "../support/fleet_server.ts";

const ignore = !HAS_ETCD || !HAS_OPENSSL;

Deno.test(
  { name: "etcd is reached by TLS, with a certificate of this server", ignore },
  async () => {
    await using tls = await EtcdTls.make();
    await using node = await EtcdNode.start({ tls });
    await using server = await FleetServer.join([node.endpoint], {}, CLUSTER_KEY, tls.client);
    await server.journal.append(publish("hans", "a", 1));
    assertEquals(server.lines, ["hans a 1 -"]);
  },
);

Deno.test(
  { name: "an etcd that nobody vouches for is not trusted, nor a server by etcd", ignore },
  async () => {
    await using tls = await EtcdTls.make();
    await using other = await EtcdTls.make();
    await using node = await EtcdNode.start({ tls });
    const reasonWith = async (tls: GatewayTls) => {
      using gateway = new Gateway({ endpoints: [node.endpoint], tls });
      const asking = new EtcdClient(gateway).range({ prefix: "/" }, { ms: 1_000 });
      return (await failureOf(asking)).message;
    };
    const { ca, certificate, key } = tls.client;
    const foreign =
      /^etcd at 127.0.0.1:\d+ cannot be reached: its certificate is not one that this/;
    assertMatch(await reasonWith({ certificate, key }), foreign);
    assertMatch(await reasonWith({ ca: other.client.ca, certificate, key }), foreign);
    const refused = /^etcd .*: it does not accept the certificate of this server$/;
    assertMatch(await reasonWith({ ca }), refused);
    assertMatch(await reasonWith({ ...other.client, ca }), refused);
  },
);
