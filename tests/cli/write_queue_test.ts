import { assertEquals, assertRejects } from "@std/assert";
import { WriteQueue } from "../../lib/cli/write_queue.ts";

/** A file that takes three bytes at a time. */
function slowFile() {
  const taken: number[] = [];
  const write = (bytes: Uint8Array) => {
    taken.push(...bytes.subarray(0, 3));
    return Promise.resolve(Math.min(3, bytes.length));
  };
  return { taken, write };
}

Deno.test({ name: "a queue writes whole texts in order", permissions: "none" }, async () => {
  const queue = new WriteQueue();
  const file = slowFile();
  const added = [
    queue.add(file, Uint8Array.of(1, 2, 3, 4)),
    queue.add(file, Uint8Array.of(5, 6)),
  ];
  assertEquals(queue.bytes, 6);
  await Promise.all(added);
  assertEquals([file.taken, queue.bytes], [[1, 2, 3, 4, 5, 6], 0]);
});

Deno.test({ name: "what cannot be written holds up nothing", permissions: "none" }, async () => {
  const queue = new WriteQueue();
  const file = slowFile();
  const broken = { write: () => Promise.reject(new Deno.errors.BrokenPipe()) };
  const failing = assertRejects(
    () => queue.add(broken, Uint8Array.of(1)),
    Deno.errors.BrokenPipe,
  );
  await queue.add(file, Uint8Array.of(2));
  await failing;
  assertEquals([file.taken, queue.bytes], [[2], 0]);
});

Deno.test({ name: "what nobody will take is not waited for", permissions: "none" }, async () => {
  const queue = new WriteQueue();
  queue.add({ write: () => new Promise<number>(() => {}) }, Uint8Array.of(1));
  queue.forget();
  await queue.written();
  assertEquals(queue.bytes, 1);
});
