/**
 * Three nodes of etcd: one may be gone, two may not.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { HAS_ETCD } from "../support/etcd.ts";
import { EtcdCluster } from "../support/etcd_cluster.ts";
import { publish } from "../support/events.ts";
import { codeOf } from "../support/failures.ts";
import { FleetServer } from "../support/fleet_server.ts";
import { waitFor } from "../support/wait_for.ts";

const ignore = !HAS_ETCD;

/** Publishes one file after the other, until disposed of. */
class Publisher implements AsyncDisposable {
  readonly kept: string[] = [];
  #isEnding = false;
  readonly #running: Promise<void>;

  constructor(readonly server: FleetServer, readonly user: string) {
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let i = 0; !this.#isEnding; i++) {
      const kept = this.server.journal.append(publish(this.user, `${i}`, i));
      await kept.then(() => void this.kept.push(`${i}`), () => {});
    }
  }
}

Deno.test(
  { name: "nothing that was answered is lost with the leader, and it goes on", ignore },
  async () => {
    await using cluster = await EtcdCluster.start(3);
    await using one = await FleetServer.join(cluster.endpoints);
    await using other = await FleetServer.join(cluster.endpoints);
    const publishers: Publisher[] = [];
    {
      await using first = new Publisher(one, "hans");
      await using second = new Publisher(other, "leia");
      publishers.push(first, second);
      await waitFor("some to be kept", () => publishers.every(({ kept }) => kept.length > 10));
      await (await cluster.leader()).kill();
      const before = publishers.map(({ kept }) => kept.length);
      await waitFor("more to be kept", () => {
        return publishers.every(({ kept }, i) => kept.length > before[i]! + 10);
      }, 30_000);
    }
    await one.journal.append(publish("hans", "end", 1));
    await waitFor("both to be told the same", () => one.lines.join() === other.lines.join());
    for (const { user, kept } of publishers) {
      for (const name of kept) assert(other.catalogue.has(user, name), `${user} ${name}`);
    }
  },
);

Deno.test(
  { name: "without a majority nothing is answered, and nothing is lost", ignore },
  async () => {
    await using cluster = await EtcdCluster.start(3);
    await using server = await FleetServer.join(cluster.endpoints);
    await server.journal.append(publish("hans", "a", 1));
    const [first, second] = cluster.nodes;
    await Promise.all([first!.kill(), second!.kill()]);
    assertEquals(await codeOf(server.journal.append(publish("hans", "b", 1))), "disk");
    assertEquals(server.lines, ["hans a 1 -"], "it answers from memory");
    await Promise.all([first!.start(), second!.start()]);
    await waitFor("it to save again", async () => {
      return await server.journal.append(publish("hans", "c", 1)).then(() => true, () => false);
    }, 30_000);
    assertEquals(server.lines.filter((line) => line !== "hans b 1 -"), [
      "hans a 1 -",
      "hans c 1 -",
    ]);
  },
);
