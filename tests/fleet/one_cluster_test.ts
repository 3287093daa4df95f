import { assertEquals, assertStringIncludes } from "@std/assert";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { failureOf } from "../support/failures.ts";
import { FleetServer } from "../support/fleet_server.ts";
import { freePorts } from "../support/free_ports.ts";
import { TEST_HOST } from "../support/host.ts";

const ignore = !HAS_ETCD;

Deno.test({ name: "nobody joins two clusters of etcd at once", ignore }, async () => {
  await using one = await EtcdNode.start();
  await using other = await EtcdNode.start();
  const { code, message } = await failureOf(FleetServer.join([one.endpoint, other.endpoint]));
  assertEquals(code, "refused");
  assertStringIncludes(message, `${one.endpoint} and ${other.endpoint} are not of one cluster`);
});

Deno.test({ name: "a node that is not there keeps nobody from joining", ignore }, async () => {
  await using node = await EtcdNode.start();
  const gone = `http://${TEST_HOST}:${freePorts(1)[0]}`;
  await using server = await FleetServer.join([gone, node.endpoint]);
  assertEquals(server.lines, []);
});
