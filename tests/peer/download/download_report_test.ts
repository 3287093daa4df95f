/**
 * What the index hears of how far downloads are.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { DownloadReport } from "../../../lib/peer/download/download_report.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { waitFor } from "../../support/wait_for.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";

const PURE = { permissions: "none" } as const;
const CONTENT = { id: "ab".repeat(32), size: 100 };
const DONE: Reply = { kind: "done" };

/** A report, and what was told of it. */
function reportTo(answer: () => Promise<Reply>): [DownloadReport, number[]] {
  const told: number[] = [];
  const report = new DownloadReport((request) => {
    if (request.verb === "progress") told.push(request.bytes);
    return answer();
  }, CONTENT);
  return [report, told];
}

const at = (bytes: number) => ({ bytes, phase: "downloading" } as const);

Deno.test(
  { name: "a report is made at most every two seconds, and at the end", ...PURE },
  async () => {
    const [report, told] = reportTo(() => Promise.resolve(DONE));
    report.take({ bytes: 50, phase: "verifying" }, 0);
    for (let ms = 0; ms <= 4_000; ms += 500) {
      report.take(at(ms / 100), ms);
      await Promise.resolve().then(() => {});
    }
    assertEquals(told, [0, 20, 40]);
    report.complete();
    report.complete();
    assertEquals(told, [0, 20, 40, 100]);
  },
);

Deno.test({ name: "nothing is told while the last report is under way", ...PURE }, () => {
  const { promise } = Promise.withResolvers<Reply>();
  const [report, told] = reportTo(() => promise);
  report.take(at(1), 0);
  report.take(at(2), 10_000);
  assertEquals(told, [1]);
});

Deno.test(
  { name: "an index that refuses it is told nothing more but the end", ...PURE },
  async () => {
    const refusal = new BitTrickleError("refused", "unknown verb");
    const [report, told] = reportTo(() => Promise.reject(refusal));
    report.take(at(1), 0);
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    await Promise.resolve();
    report.take(at(2), 10_000);
    assertEquals(told, [1]);
  },
);

Deno.test({ name: "the index knows who has all of a file", ignore: !MAY_USE_DISK }, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await TestPeer.join(index, "hans");
  await vader.folder.write("plans", "x".repeat(100));
  await vader.peer.pub("plans");
  await hans.peer.get("plans");
  const board = () => index.index.downloads.board(index.now, 10).first;
  await waitFor("the report", () => board()[0]?.complete === 1);
  const [{ content, holders }] = board() as [ReturnType<typeof board>[number]];
  assertEquals([content.size, holders.map(({ session }) => session.user)], [100, ["hans"]]);

  // Who has it already is among them, too.
  await using yoda = await TestPeer.join(index, "yoda");
  await yoda.folder.write("plans", "x".repeat(100));
  assertEquals((await yoda.peer.get("plans")).kind, "present");
  await waitFor("the second", () => board()[0]?.complete === 2);
});
