import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { COUNTED_ROWS } from "../../lib/protocol/limits.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { formatPlainReply } from "../../lib/protocol/plain_reply.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { sealedAs } from "../support/sealed_as.ts";

/** Far enough apart that no request is one too many. */
const PAUSE_MS = 1;

const FROM = { hostname: "127.0.0.1", port: 40_000 };

/** An index, asked by users who need not log in first. */
class AskedIndex {
  readonly #index = new Index(Accounts.parse("nobody logs-in-here"), { searchSlices: 1 });
  #now = 0;

  admit(...users: string[]): void {
    for (const user of users) {
      this.#index.admission.admit(user, FROM, 5_000, this.#now, sealedAs(user));
    }
  }

  list(request: SealedRequest): Reply & { kind: "list" } {
    const reply = this.#ask(request);
    assert(reply?.kind === "list");
    return reply;
  }

  publish(user: string, name: string): void {
    this.admit(user);
    assertEquals(this.#ask({ verb: "pub", user, name }), { kind: "published" });
  }

  leave(user: string): void {
    this.#ask({ verb: "bye", user });
  }

  #ask(request: SealedRequest): Reply | undefined {
    const session = this.#index.sealedSession(request.user)!;
    return this.#index.serve(request, session, this.#now += PAUSE_MS) as Reply;
  }
}

Deno.test({
  name: "a search that examines many names without a match returns a cursor, and completes",
  permissions: "none",
}, () => {
  const index = new AskedIndex();
  for (let i = 0; i < 6_000; i++) index.publish("hans", `name ${String(i).padStart(6, "0")}.txt`);
  index.publish("vader", "name z.txt");
  index.leave("hans");
  index.admit("yoda");
  const items: string[] = [];
  const cursors = [""];
  for (let more = 1; more > 0;) {
    const after = cursors.at(-1)!;
    const page = index.list({ verb: "sch", user: "yoda", text: "name", after });
    items.push(...page.items);
    more = page.more;
    if (more > 0) cursors.push(page.cursor!);
    assert(more === 0 || cursors.at(-1)! > after);
  }
  assertEquals(items, ["name z.txt"]);
  assert(cursors.length > 2);
});

Deno.test({
  name: "a search of the plain protocol that examines many names without a match finds none",
  permissions: "none",
}, () => {
  const list = { kind: "list", of: "files found", items: [], more: 1, cursor: "a" } as const;
  assertEquals(formatPlainReply(list), "No files found");
});

Deno.test({ name: "a list counts no more than is worth it", permissions: "none" }, () => {
  const index = new AskedIndex();
  for (let i = 0; i < 1_500; i++) index.publish("hans", `${i}.txt`);
  assertEquals(index.list({ verb: "lpf", user: "hans" }).more, COUNTED_ROWS);
});
