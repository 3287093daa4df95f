/**
 * What a user has withdrawn from all devices stays withdrawn, whatever one of them finds when it is
 * back.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { List } from "../../../lib/peer/session/index_session.ts";
import { Device } from "../../support/device.ts";
import { contentOf } from "../../support/device_model.ts";
import { DurableIndex } from "../../support/durable_index.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import type { Names } from "../../../lib/peer/share/names_count.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

for (const isThere of [true, false]) {
  const when = isThere ? "as the index restarts" : "as its device is back";
  Deno.test(
    `a withdrawn file that has changed is not published anew ${when}`,
    ON_DISK,
    async () => {
      await using index = await DurableIndex.start();
      await using device = await Device.make(index.address, "hans");
      await using script = await TestSession.join(index.address, "hans", { share: undefined });
      const client = await device.open();
      // What is withdrawn comes first in every list, so that all is over when the other one is there.
      for (const name of ["a", "c"]) {
        await device.write(name, contentOf(name, 0).content, "into");
        await client.peer.pub(name);
      }
      if (!isThere) await device.end(client, "leave");
      assertEquals(await script.ask({ verb: "unp", name: "a", isEverywhere: true }), "unpublished");
      for (const name of ["a", "c"]) {
        await device.write(name, contentOf(name, 1).content, "into");
      }
      if (isThere) await index.restart();
      else await device.open();
      for (const { peer } of device.clients) await peer.lap();
      const list = async () => await script.session.ask({ verb: "lpf" }) as List;
      await waitFor("the changed file", async () => {
        const { items, details } = await list();
        return details?.[items.indexOf("c")]?.id === contentOf("c", 1).id;
      });
      assertEquals((await list()).items, ["c"]);
    },
  );
}

Deno.test("a client that serves hears with a heartbeat what is withdrawn", ON_DISK, async () => {
  await using index = new TestIndex();
  const withdrawn: string[][] = [];
  const onWithdrawn = ({ first }: Names) => void withdrawn.push([...first]);
  await using hans = await TestPeer.join(index, "hans", { onWithdrawn });
  await using script = await TestSession.join(index.address, "hans", { share: undefined });
  for (const name of ["a", "b"]) {
    await hans.folder.write(name, name);
    await hans.peer.pub(name);
  }
  for (const name of ["a", "b"]) {
    const { length } = withdrawn;
    await script.ask({ verb: "unp", name, isEverywhere: true });
    await waitFor("the news", () => withdrawn.length > length, 5_000);
    assertEquals(withdrawn.at(-1), [name]);
  }
});
