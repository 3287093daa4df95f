import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Job, type JobProgress, JobTable } from "../../lib/client/job.ts";

const PURE = { permissions: "none" } as const;

Deno.test(
  { name: "a job tells how it goes, and its number once it has one", ...PURE },
  async () => {
    const job = new Job("get film");
    const progress: JobProgress = { job: undefined, summary: "12 %" };
    job.follow(progress);
    assertEquals([job.state, job.progress, job.number], ["running", "12 %", undefined]);
    job.number = 3;
    assertEquals(progress.job, 3);
    job.cancel();
    assertEquals(job.signal.aborted, true);
    job.end(130);
    assertEquals([job.state, job.progress, await job.ended], ["cancelled", "", 130]);
  },
);

for (const [code, state] of [[0, "done"], [7, "failed"], [130, "cancelled"]] as const) {
  Deno.test({ name: `a job that ends with ${code} is ${state}`, ...PURE }, () => {
    const job = new Job("get film");
    job.end(code);
    assertEquals(job.state, state);
  });
}

Deno.test(
  { name: "no number is used twice, all that run are listed, and 20 ended ones", ...PURE },
  () => {
    const step = fc.oneof(fc.constant("add" as const), fc.nat(60));
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const table = new JobTable();
      const added: Job[] = [];
      for (const it of steps) {
        if (it === "add") table.add(added[added.length] = new Job(`get ${added.length}`));
        else if (added[it]?.state === "running") added[it].end(0);
      }
      assertEquals(added.map(({ number }) => number), added.map((_, i) => i + 1));
      const running = added.filter(({ state }) => state === "running");
      assertEquals(table.running, running);
      const ended = added.filter(({ state }) => state !== "running").slice(-20);
      assertEquals(table.jobs, added.filter((job) => running.includes(job) || ended.includes(job)));
      for (const job of table.jobs) assertEquals(table.find(job.number!), job);
    }));
  },
);
