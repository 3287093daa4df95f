import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { TestSession } from "../support/test_session.ts";
import { seededRandom } from "../support/seeded.ts";
import { TestIndex } from "../support/test_index.ts";
import { UdpProxy } from "../support/udp_proxy.ts";
import { credentialsOf } from "../support/users.ts";

const USERS = Array.from({ length: 25 }, (_, i) => `user${String(i).padStart(2, "0")}`);
const CREDENTIALS = credentialsOf(USERS.concat("watcher"));
const COMMANDS_EACH = 40;
const NAMES = ["a", "b", "c"];
const DEADLINE_MS = 5_000;
const LOSSY = { seed: 20_261_122, loss: 0.3, duplication: 0.3, delayMs: 30 };

/** Does random commands, and knows what each must answer if every one has just one effect. */
class Worker {
  readonly #published = new Set<string>();
  slowestMs = 0;

  constructor(readonly member: TestSession, readonly random: () => number) {}

  async work(): Promise<void> {
    for (let i = 0; i < COMMANDS_EACH; i++) {
      const began = performance.now();
      await this.#command();
      this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
    }
  }

  async #command(): Promise<void> {
    const { member } = this;
    const name = `${member.user}-${NAMES[Math.floor(this.random() * NAMES.length)]}`;
    const choice = this.random();
    if (choice < 0.3) {
      this.#published.add(name);
      assertEquals(await member.ask({ verb: "pub", name }), "published");
    } else if (choice < 0.55) {
      const wasThere = this.#published.delete(name);
      const expected = wasThere ? "unpublished" : "not published";
      assertEquals(await member.ask({ verb: "unp", name }), expected);
    } else if (choice < 0.75) {
      assertEquals(await member.ask({ verb: "lpf" }), [...this.#published].sort());
    } else if (choice < 0.9) {
      assertEquals(await member.ask({ verb: "sch", text: name }), []);
    } else {
      assertEquals(await member.ask({ verb: "get", name }), "no source");
    }
  }
}

/** Asks again and again who is active, and counts the times that somebody was missing. */
async function watch(watcher: TestSession, signal: AbortSignal): Promise<number> {
  let missing = 0;
  while (!signal.aborted) {
    const active = await watcher.ask({ verb: "lap" });
    if (active.length !== USERS.length) missing++;
    await delay(50);
  }
  return missing;
}

Deno.test("1,000 commands over a network that loses 30 %, duplicates and reorders", async () => {
  await using index = new TestIndex({ credentials: CREDENTIALS });
  await using proxy = new UdpProxy(index.address, LOSSY);
  await using watcher = await TestSession.join(index.address, "watcher");
  await using stack = new AsyncDisposableStack();
  const workers = await Promise.all(USERS.map(async (user, i) => {
    const member = stack.use(await TestSession.join(proxy.address, user));
    return new Worker(member, seededRandom(i + 1));
  }));
  const stopping = new AbortController();
  const watching = watch(watcher, stopping.signal);
  await Promise.all(workers.map((worker) => worker.work()));
  stopping.abort();
  assertEquals(await watching, 0, "nobody who is active ever leaves lap");
  const slowest = Math.max(...workers.map(({ slowestMs }) => slowestMs));
  assert(slowest < DEADLINE_MS, `the slowest command took ${slowest} ms`);
  assertEquals(workers.flatMap(({ member }) => member.news), []);
});
