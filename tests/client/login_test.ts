import { assertEquals, assertRejects } from "@std/assert";
import { type KnownCredentials, logIn } from "../../lib/client/login.ts";
import { Output } from "../../lib/client/output.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { Peer } from "../../lib/peer/peer.ts";

const PURE = { permissions: "none" } as const;
const RIGHT = "hans carbonite";
/** What nobody can be called. */
const NO_NAMES = ["Darth Vader", "", "v".repeat(70), "vader\u202e"];

interface Setting {
  readonly lines: readonly string[];
  readonly known?: Partial<KnownCredentials>;
  readonly isInteractive?: boolean;
  readonly repeat?: boolean;
}

/** Logs in with what is `known` and typed, and returns what was tried and which lines are left. */
async function attempts(
  { lines, known = {}, isInteractive = false, repeat = true }: Setting,
): Promise<{ readonly tried: readonly string[]; readonly left: readonly string[] }> {
  const left = [...lines];
  const tried: string[] = [];
  const peer = {
    logIn(user: string, password: string) {
      tried.push(`${user} ${password}`);
      const isRight = tried.at(-1) === RIGHT;
      return isRight
        ? Promise.resolve({})
        : Promise.reject(new BitTrickleError("login_refused", "Authentication failed"));
    },
  } as unknown as Peer;
  const terminal = { isInteractive, ask: () => Promise.resolve(left.shift()) };
  const output = new Output({ json: false, stdout: () => {}, stderr: () => {} });
  const options = { repeat, signal: new AbortController().signal };
  const all = { user: undefined, password: undefined, ...known };
  await logIn(peer, all, terminal as Partial<Terminal> as Terminal, output, options);
  return { tried, left };
}

Deno.test({ name: "what is not known is asked for", ...PURE }, async () => {
  const known = { user: "hans", password: "carbonite" };
  const typed = { tried: [RIGHT], left: ["lap"] };
  assertEquals(await attempts({ lines: ["hans", "carbonite", "lap"] }), typed);
  assertEquals(await attempts({ lines: ["carbonite", "lap"], known: { user: "hans" } }), typed);
  assertEquals(await attempts({ lines: ["lap"], known }), typed);
});

Deno.test({ name: "in a script the line after a user name is the password", ...PURE }, async () => {
  for (const password of ["carbonite", "another"]) {
    assertEquals(await attempts({ lines: ["hans", "carbonite", "lap"], known: { password } }), {
      tried: [RIGHT],
      left: ["lap"],
    });
  }
  const alone = { lines: ["hans"], known: { password: "carbonite" } };
  const error = await assertRejects(() => attempts(alone), BitTrickleError, "--user NAME");
  assertEquals(error.code, "usage");
});

Deno.test({ name: "at a terminal a known password needs no question", ...PURE }, async () => {
  const known = { password: "carbonite" };
  const { tried, left } = await attempts({ lines: ["hans", "lap"], known, isInteractive: true });
  assertEquals([tried, left], [[RIGHT], ["lap"]]);
});

Deno.test({ name: "a password that was refused is not tried again", ...PURE }, async () => {
  const lines = ["hans", "hans", "carbonite"];
  const known = { password: "old" };
  const { tried } = await attempts({ lines, known, isInteractive: true });
  assertEquals(tried, ["hans old", RIGHT]);
});

Deno.test({ name: "where nothing can be asked again, a refusal is the end", ...PURE }, async () => {
  const known = { user: "hans", password: "old" };
  for (const setting of [{ lines: [], known }, { lines: ["hans", "old", "hans"], repeat: false }]) {
    const error = await assertRejects(() => attempts(setting), BitTrickleError);
    assertEquals(error.code, "login_refused");
  }
});

Deno.test({ name: "a byte order mark is part of no name and no password", ...PURE }, async () => {
  const named = await attempts({ lines: ["\ufeffhans", "carbonite"] });
  assertEquals(named.tried, [RIGHT]);
  const given = await attempts({ lines: ["\ufeffcarbonite"], known: { user: "hans" } });
  assertEquals(given.tried, [RIGHT]);
});

Deno.test(
  { name: "at a terminal what is no name is asked for again at once", ...PURE },
  async () => {
    for (const name of NO_NAMES) {
      const lines = [name, "hans", "carbonite"];
      for (const repeat of [true, false]) {
        const { tried, left } = await attempts({ lines, isInteractive: true, repeat });
        assertEquals([tried, left], [[RIGHT], []]);
      }
    }
  },
);

Deno.test({ name: "in a script what is no name ends it, and is not shown", ...PURE }, async () => {
  for (const name of NO_NAMES) {
    const lines = [name, "hans", "hans", "carbonite"];
    const error = await assertRejects(() => attempts({ lines }), BitTrickleError, "no user name");
    assertEquals([error.code, name !== "" && error.message.includes(name)], ["usage", false]);
  }
});
