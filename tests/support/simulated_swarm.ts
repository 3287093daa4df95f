/**
 * A swarm in virtual time: the real picker asks, and the links share out what they carry.
 *
 * @module
 */

import { PiecePicker } from "../../lib/peer/download/piece_picker.ts";
import { SwarmPicker } from "../../lib/peer/download/swarm_picker.ts";
import type { PlannedRequest } from "../../lib/peer/download/outstanding_requests.ts";
import { GivenPieces } from "../../lib/peer/upload/given_pieces.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import type { ContentKey } from "../../lib/protocol/content.ts";
import { fairRates } from "./fair_rates.ts";

/** What a link carries each way, in bytes per millisecond: 10 MB/s. */
const LINK = 10_000;

/** Uploads that a node serves at once, and of one user while others wait. */
const PLACES = { inAll: 5, ofUser: 2 } as const;

/** Requests on one connection. */
const LANES = 2;

/** How far time goes on at once, in milliseconds. */
const STEP_MS = 20;

/** How often bitmaps are asked for, in milliseconds; they come up to twice as late. */
const BITMAP_MS = 500;

/** The source's name. */
const SOURCE = "source";

/** What is simulated. */
export interface SwarmSetting {
  readonly downloaders: number;
  readonly pieces: number;
  /** How many others each downloader knows. @default all */
  readonly known?: number;
  readonly random: () => number;
  /** Whether the source leaves as soon as it has sent each piece once. @default {false} */
  readonly sourceLeaves?: boolean;
  /** How many downloaders leave once they have half of the file. @default {0} */
  readonly leaving?: number;
}

/** What came of it. */
export interface SwarmResult {
  /** For each downloader that stayed, how long it took over how long one alone takes. */
  readonly times: readonly number[];
  /** What the source sent, in copies of the file. */
  readonly sent: number;
  /** Pieces that came to somebody who had them. */
  readonly wasted: number;
}

/** One request at a node that serves. */
interface Job {
  readonly from: Downloader;
  readonly request: PlannedRequest;
  left: number;
}

class Node {
  waiting: Job[] = [];
  running: Job[] = [];
  sent = 0;
  isThere = true;

  constructor(readonly name: string) {}

  /** Drops all that it serves. */
  leave(): void {
    this.isThere = false;
    for (const job of [...this.running, ...this.waiting]) job.from.fail(this, job);
    this.running = [];
    this.waiting = [];
  }

  /** Drops what `from` has asked for. */
  remove(from: Downloader): void {
    this.running = this.running.filter((job) => job.from !== from);
    this.waiting = this.waiting.filter((job) => job.from !== from);
  }

  /** Whose turn it is: that of the first who has not its places already. */
  next(): Job | undefined {
    const count = (job: Job) => this.running.filter(({ from }) => from === job.from).length;
    const fair = this.waiting.findIndex((job) => count(job) < PLACES.ofUser);
    return this.waiting.splice(Math.max(0, fair), 1)[0];
  }
}

class Downloader extends Node {
  readonly pieces: PiecePicker;
  readonly picker: SwarmPicker;
  readonly had: boolean[];
  known: Node[] = [];
  done: number | undefined;
  wasted = 0;

  constructor(name: string, count: number, random: () => number) {
    super(name);
    this.had = Array<boolean>(count).fill(false);
    this.pieces = new PiecePicker(this.had);
    this.picker = new SwarmPicker(this.pieces, count, random);
  }

  /** What it has, as others are told. */
  bitmap(): Uint8Array {
    const bitmap = new Uint8Array(Math.ceil(this.had.length / 8));
    this.had.forEach((isHad, piece) => {
      if (isHad) bitmap[piece >> 3]! |= 0x80 >> (piece & 7);
    });
    return bitmap;
  }

  /** Makes the requests that the picker plans. */
  ask(lanes: Map<Node, number>, now: number): void {
    while (this.isThere && this.pieces.left > 0) {
      const idle = this.known.filter((node) => node.isThere && lanes.get(node)! < LANES);
      const request = this.picker.next(idle.map(({ name }) => name), now);
      if (!request) return;
      const node = idle.find(({ name }) => name === request.source)!;
      lanes.set(node, lanes.get(node)! + 1);
      request.isQueued = node.running.length + node.waiting.length >= PLACES.inAll;
      node.waiting.push({ from: this, request, left: PIECE_BYTES });
    }
  }

  /** Takes in a piece. */
  take(piece: number, now: number): void {
    if (!this.pieces.finish(piece)) return void this.wasted++;
    this.had[piece] = true;
    this.picker.take(now);
    if (this.pieces.left === 0) this.done = now;
  }

  /** Takes in that `node` will not do `job`. */
  fail(node: Node, job: Job): void {
    this.picker.end(job.request);
    this.picker.availability.leave(node.name);
  }
}

/** Simulates one swarm until the last has the file; a swarm that stands still fails. */
export function simulateSwarm(setting: SwarmSetting): SwarmResult {
  return new Swarm(setting).run();
}

class Swarm {
  readonly #setting: SwarmSetting;
  readonly #source = new Node(SOURCE);
  readonly #downloaders: Downloader[];
  readonly #lanes = new Map<Downloader, Map<Node, number>>();
  readonly #given = new GivenPieces();
  readonly #content: ContentKey;
  /** Bitmaps on their way. */
  #bitmaps: { at: number; to: Downloader; of: Downloader; bitmap: Uint8Array }[] = [];
  /** Pieces that the source has sent. */
  readonly #sent = new Set<number>();
  #now = 0;

  constructor(setting: SwarmSetting) {
    this.#setting = setting;
    const { downloaders, pieces, random, known = downloaders - 1 } = setting;
    this.#content = { id: "00".repeat(32), size: pieces * PIECE_BYTES };
    this.#downloaders = Array.from({ length: downloaders }, (_, i) => {
      return new Downloader(`user${i}`, pieces, random);
    });
    for (const downloader of this.#downloaders) {
      const others = this.#downloaders.filter((other) => other !== downloader);
      while (others.length > known) others.splice(Math.floor(random() * others.length), 1);
      downloader.known = [this.#source, ...others];
      for (const { name } of others) downloader.picker.availability.join(name);
      this.#lanes.set(downloader, new Map(downloader.known.map((node) => [node, 0])));
    }
  }

  run(): SwarmResult {
    const { pieces } = this.#setting;
    const aloneMs = pieces * PIECE_BYTES / LINK;
    while (this.#staying.some(({ done }) => done === undefined)) {
      if (this.#now > 60 * aloneMs) throw new Error("the swarm stands still");
      this.#step();
      this.#leave();
    }
    return {
      times: this.#staying.map(({ done }) => done! / aloneMs),
      sent: this.#source.sent / PIECE_BYTES / pieces,
      wasted: this.#downloaders.reduce((sum, { wasted }) => sum + wasted, 0),
    };
  }

  get #staying(): Downloader[] {
    return this.#downloaders.slice(this.#setting.leaving ?? 0);
  }

  get #nodes(): Node[] {
    return [this.#source, ...this.#downloaders];
  }

  #leave(): void {
    const { pieces, leaving = 0, sourceLeaves = false } = this.#setting;
    if (sourceLeaves && this.#sent.size === pieces) this.#drop(this.#source);
    for (const downloader of this.#downloaders.slice(0, leaving)) {
      if (downloader.pieces.left < pieces / 2) this.#drop(downloader);
    }
  }

  #drop(node: Node): void {
    if (!node.isThere) return;
    node.leave();
    if (node instanceof Downloader) { for (const other of this.#nodes) other.remove(node); }
    for (const other of this.#downloaders) other.picker.availability.leave(node.name);
  }

  #step(): void {
    this.#tellBitmaps();
    const { random } = this.#setting;
    const order = [...this.#downloaders].sort(() => random() - 0.5);
    for (const downloader of order) downloader.ask(this.#lanes.get(downloader)!, this.#now);
    for (const node of this.#nodes) this.#begin(node);
    const jobs = this.#nodes.flatMap((node) => node.running.map((job) => ({ node, job })));
    const flows = jobs.map(({ node, job }) => [node, `to ${job.from.name}`] as const);
    const rates = fairRates(flows, LINK);
    jobs.forEach(({ node, job }, i) => this.#move(node, job, rates[i]! * STEP_MS));
    this.#now += STEP_MS;
  }

  #tellBitmaps(): void {
    const { random } = this.#setting;
    for (const { to, of, bitmap } of this.#bitmaps.filter(({ at }) => at <= this.#now)) {
      if (of.isThere) to.picker.availability.set(of.name, bitmap);
    }
    this.#bitmaps = this.#bitmaps.filter(({ at }) => at > this.#now);
    if (this.#now % BITMAP_MS !== 0) return;
    for (const to of this.#downloaders) {
      for (const of of to.known) {
        if (!(of instanceof Downloader)) continue;
        this.#bitmaps.push({ at: this.#now + random() * BITMAP_MS, to, of, bitmap: of.bitmap() });
      }
    }
  }

  /** Gives places to those who wait. */
  #begin(node: Node): void {
    while (node.running.length < PLACES.inAll) {
      const job = node.next();
      if (!job) return;
      if (node === this.#source && !this.#choose(job)) continue;
      job.request.isQueued = false;
      node.running.push(job);
    }
  }

  /** Whether the source gives one of the pieces that it may choose from, or is asked for. */
  #choose(job: Job): boolean {
    const { from, request } = job;
    const pieces = request.choice ?? [request.piece!];
    const piece = this.#given.choose(this.#content, pieces, from.name, this.#now);
    if (piece !== undefined) {
      this.#given.give(this.#content, piece, from.name, this.#now);
      return request.choice === undefined || from.picker.choose(request, piece);
    }
    from.picker.leaveAlone(SOURCE, this.#now);
    this.#end(this.#source, job);
    return false;
  }

  #move(node: Node, job: Job, bytes: number): void {
    const moved = Math.min(bytes, job.left);
    job.left -= moved;
    node.sent += moved;
    if (job.left > 0 || !node.running.includes(job)) return;
    node.running.splice(node.running.indexOf(job), 1);
    if (node === this.#source) this.#sent.add(job.request.piece!);
    job.from.take(job.request.piece!, this.#now);
    this.#end(node, job);
    // A request that was raced ends with its download.
    if (job.from.pieces.left === 0) { for (const other of this.#nodes) other.remove(job.from); }
  }

  #end(node: Node, { from, request }: Job): void {
    from.picker.end(request);
    const lanes = this.#lanes.get(from)!;
    lanes.set(node, lanes.get(node)! - 1);
  }
}
