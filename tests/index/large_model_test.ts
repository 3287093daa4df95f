import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { Index } from "../../lib/index/index.ts";
import { COUNTED_MATCHES, COUNTED_ROWS, DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { formatContent, hasId } from "../../lib/protocol/content.ts";
import type { FileDetails, ListOf, Reply } from "../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import type { Publishers } from "../../lib/protocol/publishers.ts";
import { parseSearch } from "../../lib/protocol/search_query.ts";
import { utf8Length } from "../../lib/protocol/utf8.ts";
import { NaiveCatalogue } from "../support/naive_catalogue.ts";
import { nameOfFile } from "../support/published_files.ts";
import { seededRandom } from "../support/seeded.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";

const USERS = Array.from({ length: 30 }, (_, i) => `user${i}`);
/** Names that fold or sort in unusual ways. */
const ODD_NAMES = [
  "ΟΔΟΣ.PDF",
  "οδός.pdf",
  "🎬 film.mkv",
  "ﬁlm.mkv",
  "Straße.TXT",
  "STRASSE.txt",
  "İ.Md",
];
const NAMES = [...ODD_NAMES, ...Array.from({ length: 1_200 }, (_, i) => nameOfFile(i))];
const FILTERS = ["ext:pdf", "ext:mkv,PDF", "user:user3", "larger:100kB", "smaller:2MB", "case:any"];

const SIZES = [0, 1_000, 250_000, 3_000_000];

/** So few sources are counted exactly. */
const SURELY_COUNTED = 32;

/** So few that a catalogue is always being merged. */
const OVERLAY_LIMIT = 40;

interface Row {
  readonly user?: string;
  readonly name: string;
  readonly publishers?: Publishers;
  readonly details?: FileDetails | undefined;
}

function addressOf(user: string): Address {
  return { hostname: "127.0.0.1", port: 40_000 + USERS.indexOf(user) };
}

/** What the index should do, with who is in and what they publish. */
class Model {
  readonly catalogue = new NaiveCatalogue();
  readonly active = new Set<string>();

  /** What active users have of what `name` stands for, under any name. */
  contents(name: string, asker: string): Set<string> {
    const named = this.catalogue.publishersOf(name);
    const known = named.flatMap(({ details }) => hasId(details) ? [details] : []);
    const contents = new Map(known.map((details) => [formatContent(details), details])).values();
    const others = contents.flatMap((content) => this.catalogue.ofContent(content));
    const all = [...named, ...others];
    return new Set(
      all.filter(({ user }) => user !== asker && this.active.has(user)).map(contentOf),
    );
  }

  rows(request: SealedRequest, asker: string): Row[] {
    switch (request.verb) {
      case "lap":
        return [...this.active].filter((user) => user !== asker).sort().map((name) => ({ name }));
      case "lpf":
        return this.catalogue.namesOf(request.of ?? asker);
      case "sch":
        return this.catalogue.search(parseSearch(request.text)).flatMap((publishers) => {
          const all = this.catalogue.publishersOf(publishers[0]!.name);
          if (all.some(({ user }) => user === asker)) return [];
          const served = publishers.filter(({ user }) => this.active.has(user));
          const [first] = served;
          if (!first) return [];
          const isSame = ({ details }: Row) => {
            return details?.id === first.details?.id && details?.size === first.details?.size;
          };
          const counts = {
            active: served.filter(isSame).length,
            all: publishers.filter(isSame).length,
          };
          return { ...first, publishers: { user: first.user, ...counts } };
        });
    }
    return [];
  }
}

/** The page of `rows` that comes after `after`. */
function pageOf(
  of: ListOf,
  rows: readonly Row[],
  after = "",
  active: ReadonlySet<string> = new Set(),
): Reply & { kind: "list" } {
  const left = rows.filter(({ name }) => name > after);
  let bytesLeft = DATAGRAM_BYTES;
  const shown = left.filter(({ name }) => {
    const isShown = bytesLeft > 0;
    bytesLeft -= 1 + utf8Length(name);
    return isShown;
  });
  const most = of === "files found" ? COUNTED_MATCHES : COUNTED_ROWS;
  const more = Math.min(left.length - shown.length, most);
  const details = shown.map(({ details }) => details);
  const isTold = details.some((it) => it !== undefined);
  return {
    kind: "list",
    of,
    items: shown.map(({ name }) => name),
    more,
    ...isTold ? { details } : {},
    ...of === "files found" && shown.length > 0
      ? { publishers: shown.map(({ publishers }) => publishers) }
      : {},
    ...of === "files published" && shown.length > 0
      ? { shares: shown.map(({ user }) => ({ share: SHARE, isServed: active.has(user!) })) }
      : {},
  };
}

/** Chooses what comes next. */
class RandomInput {
  readonly #chance = seededRandom(2_026);

  upTo(end: number): number {
    return Math.floor(this.#chance() * end);
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length)]!;
  }

  word(): string {
    const characters = [...this.one(NAMES)];
    const start = this.upTo(characters.length);
    return characters.slice(start, start + 1 + this.upTo(6)).join("").trim();
  }

  /** A search that sometimes finds nothing. */
  text(): string {
    const words = Array.from({ length: 1 + this.upTo(2) }, () => this.word());
    const filters = this.upTo(3) === 0 ? [this.one(FILTERS)] : [];
    const text = [...words, ...filters].join(" ").trim();
    return text === "" ? "zzz" : text;
  }

  details(): FileDetails | undefined {
    const id = this.upTo(4) === 0 ? "" : `${this.upTo(40)}`.padStart(4, "0").repeat(16);
    if (this.upTo(5) === 0) return undefined;
    const size = this.one(SIZES);
    return id === "" ? { size } : { size, id };
  }
}

/** Whose content it is, and which. */
function contentOf({ user, details }: { user: string; details?: FileDetails | undefined }): string {
  return `${user} ${hasId(details) ? formatContent(details) : "-"}`;
}

const LIST_OF = { lap: "active peers", lpf: "files published", sch: "files found" } as const;

Deno.test({
  name: "100,000 requests are answered as a naive model answers them, pages and counts included",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue(OVERLAY_LIMIT);
  const index = new Index(Accounts.parse("nobody logs-in-here"), { catalogue });
  const model = new Model();
  const random = new RandomInput();
  const seen = { rows: 0, pages: 0, cursors: 0, sources: 0 };
  for (let i = 0; i < 100_000; i++) {
    const user = random.one(USERS);
    // Everybody has a turn within the seconds that end a session.
    const now = i;
    if (!model.active.has(user)) {
      index.admission.admit(
        user,
        addressOf(user),
        5_000 + USERS.indexOf(user),
        now,
        sealedAs(user),
      );
      model.active.add(user);
    }
    const session = index.sealedSession(user)!;
    const ask = (request: SealedRequest) => index.serve(request, session, now) as Reply;
    const name = random.one(NAMES);
    const what = random.upTo(100);
    if (what < 45) {
      const details = random.details();
      model.catalogue.publish({ user, share: SHARE, name, details });
      const told = details ? { details } : {};
      assertEquals(ask({ verb: "pub", user, name, ...told }), { kind: "published" });
    } else if (what < 80) {
      const kind = model.catalogue.withdraw(user, name, SHARE) ? "unpublished" : "not published";
      assertEquals(ask({ verb: "unp", user, name }), { kind });
    } else if (what < 84) {
      assertEquals(ask({ verb: "bye", user }), { kind: "done" });
      model.active.delete(user);
    } else if (what < 90) {
      const reply = ask({ verb: "get", user, name });
      const expected = model.contents(name, user);
      const { sources, more } = reply?.kind === "sources" ? reply : { sources: [], more: 0 };
      const told = new Set(sources.map(({ file }) => contentOf(file!)));
      assertEquals(told.size, sources.length, "each once");
      assertEquals([...told].filter((content) => !expected.has(content)), []);
      assertEquals(told.size, Math.min(4, expected.size));
      const left = expected.size - told.size;
      if (expected.size <= SURELY_COUNTED) assertEquals(more, left);
      else assert(more > 0 && more <= left, `${more} of ${left}`);
      seen.sources += told.size;
    } else {
      const after = random.upTo(3) === 0 ? { after: name } : {};
      const request: SealedRequest = what < 92
        ? { verb: "lap", user, ...random.upTo(3) === 0 ? { after: random.one(USERS) } : {} }
        : what < 94
        ? { verb: "lpf", user, of: random.one(USERS), ...after }
        : { verb: "sch", user, text: random.text(), ...after };
      const reply = ask(request);
      const right = pageOf(
        LIST_OF[request.verb as "sch"],
        model.rows(request, user),
        request.after,
        model.active,
      );
      assertEquals(reply, right);
      assert(reply?.kind === "list");
      seen.rows += reply.items.length;
      if (reply.more > 0) seen.pages++;
    }
  }
  assert(seen.rows > 20_000 && seen.pages > 2_000 && seen.sources > 2_000, JSON.stringify(seen));
});

Deno.test({
  name: "Catalogue.holdersOf() finds who a naive catalogue finds, by any beginning of an id",
  permissions: "none",
}, () => {
  const catalogue = new Catalogue(OVERLAY_LIMIT);
  const naive = new NaiveCatalogue();
  const random = new RandomInput();
  for (let i = 0; i < 3_000; i++) {
    const [user, name, details] = [random.one(USERS), random.one(NAMES), random.details()];
    if (random.upTo(3) === 0) {
      catalogue.apply({ kind: "withdraw", user, name });
      naive.withdraw(user, name);
    } else {
      catalogue.apply({ kind: "publish", user, name, details });
      naive.publish({ user, name, details });
    }
    if (i % 10 > 0) continue;
    const id = `${random.upTo(45)}`.padStart(4, "0").repeat(16).slice(0, 4 + random.upTo(61));
    const query = { id, size: random.one(SIZES) };
    const turned = { most: Infinity, turn: random.upTo(8) / 8 };
    const right = new Set(naive.holdersOf(query).map(contentOf));
    assertEquals(new Set(catalogue.holdersOf(query, turned).map(contentOf)), right);
    const whole = { id: query.id.padEnd(64, query.id.slice(0, 4)), size: query.size };
    assertEquals(new Set(naive.ofContent(whole)), new Set(naive.holdersOf(whole)));
    const anySize = new Set(naive.holdersOf({ id }).map(({ user, details }) => user + details!.id));
    const found = catalogue.holdersOf({ id }, turned);
    assertEquals(new Set(found.map(({ user, details }) => user + details!.id)), anySize);
  }
});
