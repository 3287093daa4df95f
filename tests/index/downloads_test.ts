/**
 * Who has how much of what they fetch.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  Downloads,
  DOWNLOADS_PER_USER,
  REMEMBERED_DOWNLOADS,
  REMEMBERED_DOWNLOADS_MS,
} from "../../lib/index/downloads.ts";
import { end, type Session, Sessions } from "../../lib/index/sessions/sessions.ts";
import type { ContentKey } from "../../lib/protocol/content.ts";
import { sealedAs } from "../support/sealed_as.ts";

const PURE = { permissions: "none" } as const;
const FILM = contentOf(1, 100);
const SONG = contentOf(2, 10);

function contentOf(number: number, size: number): ContentKey {
  return { id: number.toString(16).padStart(64, "0"), size };
}

/** Sessions and what they tell. */
class Room {
  readonly sessions = new Sessions();
  readonly downloads = new Downloads();
  #port = 40_000;

  enter(user: string, now = 0, share?: string): Session {
    const name = `${user} ${now} ${share}`;
    const from = { hostname: "127.0.0.1", port: this.#port++ };
    this.sessions.open(user, from, 5_000, now, { ...sealedAs(name), share });
    return this.sessions.sealed(name)!;
  }

  /** The board as text: each content, and what everybody has of it. */
  board(now: number, most = 10): string[] {
    return this.downloads.board(now, most).first.map(({ content, holders, complete }) => {
      const rows = holders.map(({ session, bytes }) => `${session.user} ${bytes}`);
      return `${content.size}: ${rows.join(", ")}; ${complete}`;
    });
  }
}

Deno.test({ name: "a board shows who has most of what most fetch", ...PURE }, () => {
  const room = new Room();
  room.downloads.take(room.enter("hans"), SONG, 3, 0);
  room.downloads.take(room.enter("vader"), FILM, 20, 0);
  room.downloads.take(room.enter("yoda"), FILM, 100, 0);
  assertEquals(room.board(0), ["100: yoda 100, vader 20; 1", "10: hans 3; 0"]);
  assertEquals(room.board(0, 1), ["100: yoda 100, vader 20; 1"]);
  assertEquals(room.downloads.board(0, 1).total, 2);
});

Deno.test({ name: "what was told last counts, of each share of a user", ...PURE }, () => {
  const room = new Room();
  const [laptop, desk] = [room.enter("hans", 0, "a"), room.enter("hans", 1, "b")];
  room.downloads.take(laptop, FILM, 10, 0);
  room.downloads.take(desk, FILM, 20, 0);
  room.downloads.take(laptop, FILM, 30, 1);
  assertEquals(room.board(1), ["100: hans 30, hans 20; 0"]);
  room.downloads.take(room.enter("hans", 2, "a"), FILM, 40, 2);
  assertEquals(room.board(2), ["100: hans 40, hans 20; 0"], "the same share begins anew");
});

Deno.test({ name: "who leaves in the middle has nothing, who is done has all", ...PURE }, () => {
  const room = new Room();
  const [hans, vader] = [room.enter("hans"), room.enter("vader")];
  room.downloads.take(hans, FILM, 99, 0);
  room.downloads.take(vader, FILM, 100, 0);
  for (const session of [hans, vader]) end(session);
  assertEquals(room.board(1), ["100: vader 100; 1"]);
  assertEquals(room.board(REMEMBERED_DOWNLOADS_MS + 1), []);
});

Deno.test({ name: "nobody pushes out what others told", ...PURE }, () => {
  const room = new Room();
  const [hans, vader] = [room.enter("hans"), room.enter("vader")];
  room.downloads.take(hans, FILM, 1, 0);
  for (let i = 0; i < 2 * DOWNLOADS_PER_USER; i++) {
    room.downloads.take(vader, contentOf(i + 10, 100), 1, 0);
  }
  const board = room.downloads.board(0, Infinity).first;
  assertEquals(board.length, DOWNLOADS_PER_USER + 1);
  assert(board.some(({ holders }) => holders[0]!.session === hans));
});

Deno.test({ name: "what all tell is bounded", ...PURE }, () => {
  const room = new Room();
  const users = Array.from({ length: 100 }, (_, i) => room.enter(`user${i}`));
  for (let i = 0; i < 250; i++) {
    for (const user of users) room.downloads.take(user, contentOf(i, 5), 5, i);
  }
  const board = room.downloads.board(250, Infinity).first;
  const rows = board.reduce((sum, { holders }) => sum + holders.length, 0);
  assertEquals(rows, REMEMBERED_DOWNLOADS);
});
