/**
 * Jobs that go to a thread in batches: none is lost, whatever happens to the thread.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BatchThread } from "../../lib/async/batch_thread.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { waitFor } from "../support/wait_for.ts";

const READY = 'postMessage("ready");';
/** Says for each job how many were in its batch. */
const COUNTS = `onmessage = ({ data: { number, jobs } }) => {
  postMessage({ number, results: jobs.map(() => "of " + jobs.length) });
};`;
/** Answers the second batch before the first. */
const TURNS_ROUND = `const all = []; onmessage = ({ data }) => {
  if (all.push(data) < 2) return;
  for (const { number, jobs } of all.reverse()) postMessage({ number, results: jobs });
};`;
const BREAKS = 'onmessage = () => { throw new Error("a test wants it"); };';
const SILENT = "onmessage = () => {};";

/** Gives jobs to a thread that runs `source`, or does them `here`. */
function threadOf(source: string, { startAfter = 0, atOnce = 1 } = {}) {
  const counts = { started: 0, ready: 0 };
  const start = () => {
    const url = `data:application/javascript,${encodeURIComponent(source)}`;
    const worker = new Worker(url, { type: "module" });
    worker.addEventListener("message", () => counts.ready++);
    worker.addEventListener("error", () => counts.ready++);
    counts.started++;
    return worker;
  };
  const work = (jobs: readonly string[]) => Promise.resolve(jobs.map(() => "here"));
  const limits = { startAfter, most: 3, atOnce };
  return { counts, thread: new BatchThread<string, string>({ start, work, ...limits }) };
}

/** The same, once the thread has started. */
async function startedThread(source: string, options = {}) {
  const { counts, thread } = threadOf(source, options);
  assertEquals(await thread.do("first"), "here");
  await waitFor("the thread to start", () => counts.ready > 0);
  return { counts, thread };
}

Deno.test("few jobs are done here, and start no thread", async () => {
  const { counts, thread } = threadOf(READY, { startAfter: 4 });
  using _ = thread;
  const results = await Promise.all(["a", "b", "c", "d"].map((job) => thread.do(job)));
  assertEquals([results, counts.started], [["here", "here", "here", "here"], 0]);
});

Deno.test("jobs that come together go together, up to a limit", async () => {
  const { thread } = await startedThread(READY + COUNTS);
  using _ = thread;
  const results = await Promise.all(["a", "b", "c", "d", "e"].map((job) => thread.do(job)));
  assertEquals(results, ["of 3", "of 3", "of 3", "of 2", "of 2"]);
});

Deno.test("each job gets its own result, in whatever order batches are answered", async () => {
  const { thread } = await startedThread(READY + TURNS_ROUND, { atOnce: 2 });
  using _ = thread;
  const jobs = ["a", "b", "c", "d"];
  assertEquals(await Promise.all(jobs.map((job) => thread.do(job))), jobs);
});

Deno.test("a thread that breaks down fails what it had, and the rest is done here", async () => {
  const { counts, thread } = await startedThread(READY + BREAKS);
  using _ = thread;
  const jobs = ["a", "b", "c", "d"].map((job) => thread.do(job));
  for (const job of jobs.slice(0, 3)) {
    const { code, message } = await assertRejects(() => job, BitTrickleError);
    assertEquals(code, "disk");
    assert(message.includes("a test wants it"), message);
  }
  assertEquals([await jobs[3], await thread.do("e"), counts.started], ["here", "here", 1]);
});

Deno.test("if no thread can be started, all is done here, and none is tried again", async () => {
  const { counts, thread } = await startedThread('throw new Error("a test wants it");');
  using _ = thread;
  for (const job of ["a", "b"]) assertEquals(await thread.do(job), "here");
  assertEquals(counts.started, 1);
});

Deno.test("what is not done when it is disposed of fails, and what comes later", async () => {
  const { thread } = await startedThread(READY + SILENT);
  const jobs = ["a", "b", "c", "d"].map((job) => thread.do(job));
  await Promise.resolve();
  thread[Symbol.dispose]();
  for (const job of [...jobs, thread.do("e")]) {
    const { code } = await assertRejects(() => job, BitTrickleError);
    assertEquals(code, "interrupted");
  }
});
