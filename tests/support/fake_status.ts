/**
 * A server that does not exist, with a class that downloads a film, and with names that attack
 * whoever shows them.
 *
 * @module
 */

import { BitTrickleError } from "../../lib/errors.ts";
import { parseSearch } from "../../lib/protocol/search_query.ts";
import type {
  Administration,
  DownloadStatus,
  FoundStatus,
  InvitationStatus,
  LoadSample,
  Status,
  StatusSource,
} from "../../lib/server/status/status.ts";

/** Texts that a careless page would run, or take for its own. */
export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror="alert(1)">.png',
  "<script>alert(2)</script>",
  '" onmouseover="alert(3)" x="',
  "javascript:alert(4)",
  "{{constructor.constructor('alert(5)')()}}",
  "</td></table><h1>Server hacked</h1>",
  "a\u202Egnp.exe",
];

const MIB = 1_048_576;
const START = Date.parse("2026-03-02T08:00:00Z");
/** An hour later, when the class looks at the page. */
export const CLASS_TIME = "2026-03-02T09:00:00Z";
/** A class. */
export const PEOPLE: readonly string[] = [
  ...["leia", "luke", "han", "chewie", "lando", "rey", "finn", "poe", "rose", "kylo", "jyn"],
  ...["cassian", "ahsoka", "ezra", "sabine", "hera"],
];
const FILES = ["lectures/optics.mp4", "slides/week-1.pdf", "slides/week-2.pdf", "data/spectra.csv"];

/** Tells of it, and lets tests change it. */
export class FakeStatus implements StatusSource, Administration {
  /** How many seconds it has been up. */
  seconds = 3_600;
  /** What it tells of itself to those who ask whether it is well. */
  trouble: string | undefined;
  /** Whether there are names that attack. */
  isHostile = true;
  /** How many bytes each of the downloaders has got. */
  progress: number[] = PEOPLE.map((_, i) => Math.round((16 - i) * 40 * MIB));
  /** What administrators did. */
  readonly done: string[] = [];
  readonly #users = new Map<string, "enabled" | "disabled">(
    [...PEOPLE, HOSTILE_NAMES[0]!.replaceAll(" ", "")].map((user) => [user, "enabled"]),
  );

  /** Who is invited, and for how many seconds. */
  readonly #invited = new Map<string, number>();

  status(): Status {
    const sessions = PEOPLE.map((user, i) => ({
      user: i === 7 && this.isHostile ? HOSTILE_NAMES[1]! : user,
      address: `192.168.1.${20 + i}:40${100 + i}`,
      protocol: 2 as const,
      since: this.#time(-60 * i),
      device: i === 3 && this.isHostile ? HOSTILE_NAMES[2]! : `laptop-${i + 1}`,
      agent: "bittrickle-client/0.1.0",
      share: `share${i}`,
      publications: 3 * i,
    }));
    const downloads = [this.#film(), ...this.isHostile ? [this.#hostileDownload()] : []];
    return {
      v: 1,
      type: "status",
      time: this.#time(0),
      server: {
        version: "0.1.0",
        startedAt: this.#time(-this.seconds),
        addresses: ["192.168.1.10:16980"],
        fingerprint: "SHA256:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF",
      },
      users: { total: 14 + this.#users.size, disabled: 1, active: PEOPLE.length },
      invitations: { total: this.#invited.size, rows: this.#invitationRows() },
      sessions: { total: sessions.length, rows: sessions },
      catalogue: { publications: 1_204, names: 987 },
      downloads: { total: downloads.length, rows: downloads },
      failedLogins: {
        total: 2,
        rows: [
          {
            time: this.#time(-40),
            user: HOSTILE_NAMES[0]!,
            host: "192.168.1.66",
            reason: "unknown",
          },
          { time: this.#time(-95), user: "leia", host: "192.168.1.20", reason: "wrong password" },
        ],
      },
      disk: { dataBytes: 14 * MIB, freeBytes: 212_000 * MIB },
      load: this.history().at(-1)!,
    };
  }

  history(): readonly LoadSample[] {
    const last = Math.floor(this.seconds / 10);
    return Array.from({ length: 360 }, (_, i) => this.#sample((last - 359 + i) * 10));
  }

  search(text: string, after?: string): ReturnType<StatusSource["search"]> {
    const names = [
      ...FILES,
      ...HOSTILE_NAMES,
      ...Array.from({ length: 60 }, (_, i) => {
        return `photos/excursion-${String(i + 1).padStart(2, "0")}.jpg`;
      }),
    ];
    const { words } = parseSearch(text);
    const found = names.filter((name) => {
      return words.every((word) => name.toLowerCase().includes(word.toLowerCase()));
    });
    const from = after === undefined ? 0 : found.indexOf(after) + 1;
    const rows = found.slice(from, from + 25).map((name, i): FoundStatus => ({
      name,
      size: (i + 1) * 3 * MIB,
      id: "a".repeat(64),
      sources: { active: 1 + i % 4, total: 4 },
      user: PEOPLE[i % PEOPLE.length]!,
    }));
    const more = Math.max(0, found.length - from - rows.length);
    return Promise.resolve({ rows, more, ...more > 0 ? { after: rows.at(-1)!.name } : {} });
  }

  metrics(): Promise<string> {
    return Promise.resolve("# TYPE bittrickle_sessions gauge\nbittrickle_sessions 16\n");
  }

  fault(): string | undefined {
    return this.trouble;
  }

  invite(user: string, seconds: number): Promise<string> {
    if (this.#users.has(user)) {
      const message = `The user "${user}" is already there`;
      return Promise.reject(new BitTrickleError("exists", message));
    }
    this.done.push(`invite ${user} ${seconds}`);
    this.#invited.set(user, seconds);
    return Promise.resolve(`bittrickle://${user}@192.168.1.10:16980/${"A".repeat(132)}`);
  }

  revoke(user: string): Promise<void> {
    if (!this.#invited.delete(user)) {
      const message = `There is no open invitation for "${user}"`;
      return Promise.reject(new BitTrickleError("not_found", message));
    }
    this.done.push(`revoke ${user}`);
    return Promise.resolve();
  }

  invitations(): ReturnType<Administration["invitations"]> {
    return Promise.resolve(this.#invitationRows());
  }

  /** Somebody who was invited has joined. */
  join(user: string): void {
    this.#invited.delete(user);
    this.#users.set(user, "enabled");
  }

  disable(user: string): Promise<void> {
    return this.#set(user, "disabled", "disable");
  }

  enable(user: string): Promise<void> {
    return this.#set(user, "enabled", "enable");
  }

  remove(user: string): Promise<void> {
    return this.#set(user, undefined, "remove");
  }

  users(): ReturnType<Administration["users"]> {
    return Promise.resolve([...this.#users].map(([user, state]) => ({ user, state })));
  }

  #set(user: string, state: "enabled" | "disabled" | undefined, what: string): Promise<void> {
    if (!this.#users.has(user)) {
      const message = `There is no user "${user}"`;
      return Promise.reject(new BitTrickleError("not_found", message));
    }
    if (state) this.#users.set(user, state);
    else this.#users.delete(user);
    this.done.push(`${what} ${user}`);
    return Promise.resolve();
  }

  #invitationRows(): InvitationStatus[] {
    return [...this.#invited].map(([user, seconds]) => ({ user, expires: this.#time(seconds) }));
  }

  #film(): DownloadStatus {
    const size = 640 * MIB;
    const rows = PEOPLE.map((user, i) => ({
      user,
      device: `laptop-${i + 1}`,
      bytes: Math.min(size, this.progress[i]!),
      heardAt: this.#time(-i % 3),
    })).sort((a, b) => b.bytes - a.bytes);
    return {
      name: "lectures/optics.mp4",
      id: "a".repeat(64),
      size,
      sources: { active: 1, total: 2 },
      complete: rows.filter(({ bytes }) => bytes === size).length,
      holders: { total: rows.length, rows },
    };
  }

  #hostileDownload(): DownloadStatus {
    return {
      name: HOSTILE_NAMES[0]!,
      id: "b".repeat(64),
      size: 3 * MIB,
      sources: { active: 1, total: 1 },
      complete: 0,
      // Two devices of one user, which have no names.
      holders: {
        total: 2,
        rows: [2 * MIB, MIB].map((bytes) => {
          return { user: HOSTILE_NAMES[5]!, bytes, heardAt: this.#time(0) };
        }),
      },
    };
  }

  #sample(second: number): LoadSample {
    const wave = Math.sin(second / 300) + Math.sin(second / 47) / 3;
    return {
      time: new Date(START + second * 1_000).toISOString(),
      seconds: 10,
      requests: Math.round(900 + 500 * wave),
      failures: second % 70 === 0 ? 4 : 0,
      dropped: 0,
      p50: 0.2 + 0.05 * wave,
      p99: 1.4 + 0.6 * wave,
      stall: 4,
      sessions: PEOPLE.length,
    };
  }

  /** @param seconds From now on */
  #time(seconds: number): string {
    return new Date(START + (this.seconds + seconds) * 1_000).toISOString();
  }
}
