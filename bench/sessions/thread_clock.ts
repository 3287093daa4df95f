/**
 * How long this thread has been running, as Linux counts it.
 *
 * @module
 */

const { symbols: c } = Deno.dlopen("libc.so.6", {
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});

const CLOCK_THREAD_CPUTIME_ID = 3;

/** struct timespec: seconds and nanoseconds. */
const time = new BigInt64Array(2);

/** Milliseconds of processor time: others that share the core do not make it grow. */
export function threadTime(): number {
  c.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
  return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
}
