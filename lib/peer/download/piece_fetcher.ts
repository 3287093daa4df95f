/**
 * Fetching piece after piece from one source, over one connection, until none is left for it.
 *
 * @module
 */

import { untilAborted } from "../../async/until_aborted.ts";
import type { BitTrickleError } from "../../errors.ts";
import { DOWNLOAD_CONNECTIONS } from "../../protocol/download_limits.ts";
import { pieceCount } from "../../protocol/merkle.ts";
import { isRefusal } from "../transfer/refusal.ts";
import { type ConnectionPool, type SealedSource, sourceId } from "./connection_pool.ts";
import type { PieceReceiver } from "./download_setting.ts";
import { MovementDetector } from "./movement_detector.ts";
import type { PlannedRequest } from "./outstanding_requests.ts";
import type { PartialOpener } from "./partial_opener.ts";
import { type FetcherState, PieceRequest, type PieceRequestSetting } from "./piece_request.ts";
import type { RequestWatcher, SourceConnection } from "./source_connection.ts";
import { PIECES_IN_FLIGHT, QUICK_PIECE_MS, RequestsInFlight } from "./requests_in_flight.ts";
import type { SourceSlot } from "./source_list.ts";
import type { Swarm, SwarmMember } from "./swarm.ts";

/** Times that a partial source may lack what it has said that it has: it is no source then. */
const MOST_LACKS = 8;

/** What a {@linkcode PieceFetcher} works with. */
export interface FetcherSetting {
  readonly connections: ConnectionPool;
  /** Bytes of the file. */
  readonly size: number;
  readonly opener: Pick<PartialOpener<unknown>, "opening" | "begin">;
  readonly swarm: Swarm;
  /** Ends every wait for a connection: another download may use it. */
  readonly signal: AbortSignal;
  /** What the index told last about a source. */
  readonly latest: (slot: SourceSlot) => SealedSource;
  /** Whether nothing more is wanted from the source `id`. */
  readonly isOver: (id: string) => boolean;
  readonly onPiece: (fetcher: PieceFetcher) => void;
  /** Hears the place in the queue of the source `id`. */
  readonly onQueued: (id: string, place: number) => void;
  /** Hears of a piece that is not the file's, before the source is told. */
  readonly onBadPiece: (fetcher: PieceFetcher, error: BitTrickleError) => void;
  /** Hears that the file of the source `id` is another now. */
  readonly onChanged: (id: string) => void;
}

/** Fetches from one source. */
export class PieceFetcher implements RequestWatcher, SwarmMember {
  readonly user: string;
  readonly id: string;
  readonly #setting: FetcherSetting;
  readonly #slot: SourceSlot;
  #connection: SourceConnection | undefined;
  #mayBeStale = false;
  readonly #requests = new RequestsInFlight();
  /** What it does while no piece is in flight. */
  #state: FetcherState = "asking";
  #mostInFlight = 1;
  /** What requests need, once the source is ready for them. */
  #ready: PieceRequestSetting | undefined;
  #change = Promise.withResolvers<void>();
  /** How often it lacked what it had said that it has. */
  #lacks = 0;
  #isLeaving = false;
  #failure: unknown;
  #broughtAt = performance.now();
  readonly #movement = new MovementDetector();

  constructor(setting: FetcherSetting, slot: SourceSlot) {
    this.#setting = setting;
    this.#slot = slot;
    this.user = slot.source.user;
    this.id = sourceId(slot.source);
  }

  get state(): FetcherState {
    return this.#requests.state ?? this.#state;
  }

  /** When it brought a piece last, or began, in milliseconds of a steady clock. */
  get broughtAt(): number {
    return this.#broughtAt;
  }

  /** What is in flight. */
  get requests(): Iterable<PieceRequest> {
    return this.#requests.all;
  }

  /** How many pieces it is busy with. */
  get pieces(): number {
    return this.#requests.size;
  }

  /** How many bytes have come, if there is a connection. */
  get received(): number | undefined {
    return this.#connection?.received;
  }

  /** Whether bytes come at `SLOWEST_RATE` or faster, for this download or another. */
  get isMoving(): boolean {
    return this.#movement.isMoving;
  }

  /** Looks now and then how fast bytes come; `now` is the time in milliseconds of a steady clock. */
  measure(now: number): void {
    if (this.received !== undefined) this.#movement.measure(this.received, now);
  }

  /** Whether a connection that breaks tells nothing: it was idle, or is thought to be dead. */
  get mayBeStale(): boolean {
    return this.#mayBeStale;
  }

  /**
   * Fetches until no piece is left for this source.
   *
   * @throws {BitTrickleError} as {@linkcode SourceConnection} and {@linkcode PieceReceiver} do
   */
  async run(): Promise<void> {
    const { source, index } = this.#slot;
    const opening = this.#setting.connections.connect(source, index);
    const opened = await untilAborted(opening, this.#setting.signal);
    if (!opened) return;
    const { connection, isUsed } = opened;
    this.#connection = connection;
    this.#mayBeStale ||= isUsed;
    const partial = await this.#partial(connection);
    try {
      await this.#fetchAll(partial, connection);
    } catch (error) {
      // What else is in flight shall not hold up the error.
      if (this.pieces > 0) this.close();
      await this.#requests.settle();
      throw error;
    }
  }

  /** Closes the connection, which fails what is under way. */
  close(): void {
    this.#connection?.close();
    this.#wake();
  }

  /** Closes a connection that is thought to be dead, so that another can take its place. */
  abandon(): void {
    this.#mayBeStale = true;
    this.close();
  }

  get isPartial(): boolean {
    return this.#slot.source.isPartial ?? false;
  }

  get hasRoom(): boolean {
    const isOver = this.#isLeaving || this.#failure !== undefined;
    return this.#slot.index === 0 && !isOver && this.pieces < PIECES_IN_FLIGHT;
  }

  ask(request: PlannedRequest): void {
    this.#start(request, this.#ready!);
  }

  askBitmap(): void {
    const { swarm, size } = this.#setting;
    const asking = this.#connection!.bitmap(pieceCount(size), this.#ticket);
    asking.then((bitmap) => swarm.setBitmap(this, bitmap, performance.now())).catch((error) => {
      this.#fail(error);
    });
  }

  /** What waits in a queue was not planned for a swarm, in which every downloader began alike. */
  onTurned(): void {
    if (this.#setting.swarm.isOn && this.state === "queued") this.abandon();
    this.#wake();
  }

  #wake(): void {
    this.#change.resolve();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Ends as soon as nothing is under way: others have more. */
  leave(): void {
    this.#isLeaving = true;
    this.#wake();
  }

  onQueued(place: number): void {
    this.#state = "queued";
    this.#setting.onQueued(this.id, place);
  }

  onTurn(): void {
    this.#state = "asking";
  }

  /** The first fetcher asks for the hashes, without which no piece can be verified. */
  async #partial(connection: SourceConnection): Promise<PieceReceiver<unknown>> {
    const { size, opener } = this.#setting;
    if (!opener.opening) opener.begin(await connection.layer(size, this.#ticket, this));
    this.#state = "working";
    const partial = await opener.opening!;
    this.#state = "asking";
    return partial;
  }

  /** Keeps requests in flight until no piece is left for this source, or its swarm is over. */
  async #fetchAll(partial: PieceReceiver<unknown>, connection: SourceConnection): Promise<void> {
    const setting = this.#ready = this.#setUp(partial, connection);
    const { swarm } = this.#setting;
    using _ = swarm.join(this, partial.picker);
    swarm.plan(performance.now());
    while (!setting.isOver() && !this.#isLeaving) {
      if (!swarm.isOn) this.#fill(setting);
      this.#state = swarm.isOn ? "idle" : "asking";
      // One connection to a source is enough in a swarm.
      const mayWait = swarm.isOn && this.#slot.index === 0;
      if (this.pieces === 0 && !mayWait) return;
      await this.#nextChange();
    }
    await this.#requests.settle();
    if (this.#failure) throw this.#failure;
  }

  /** Waits for the end of a request, or until something else has changed. */
  async #nextChange(): Promise<void> {
    this.#change = Promise.withResolvers();
    await this.#change.promise;
    if (this.#failure) throw this.#failure;
  }

  /** Asks for as many pieces as may be in flight. */
  #fill(setting: PieceRequestSetting): void {
    const { picker } = setting.partial;
    while (this.pieces < this.#mostInFlight) {
      const piece = this.pieces === 0
        ? picker.take(this.id)
        : picker.takeAhead(this.id, DOWNLOAD_CONNECTIONS);
      if (piece === undefined) return;
      this.#start({ source: this.id, piece, choice: undefined, isQueued: false }, setting);
    }
  }

  #start(planned: PlannedRequest, setting: PieceRequestSetting): void {
    const { swarm } = this.#setting;
    const request = new PieceRequest(planned, setting);
    this.#requests.add(request, request.run().catch((error) => this.#judge(planned, error)), () => {
      swarm.end(planned);
      this.#wake();
      swarm.plan(performance.now());
    });
  }

  /** A source of a swarm may have nothing to give at this moment. */
  #judge(planned: PlannedRequest, error: unknown): void {
    const { swarm } = this.#setting;
    if (planned.choice && isRefusal(error, 503)) swarm.leaveAlone(this.id, performance.now());
    else if (this.isPartial && isRefusal(error, 416) && ++this.#lacks < MOST_LACKS) {
      swarm.takeLack(planned);
    } else this.#fail(error);
  }

  /** The newest, as the one that was shown first covers no more than some minutes. */
  get #ticket(): string {
    return this.#setting.latest(this.#slot).pass.ticket;
  }

  #setUp(partial: PieceReceiver<unknown>, connection: SourceConnection): PieceRequestSetting {
    const { id } = this;
    const { isOver, onPiece, onQueued, onBadPiece, onChanged } = this.#setting;
    return {
      partial,
      connection,
      ticket: () => this.#ticket,
      isOver: () => isOver(id),
      onChosen: (request, piece) => {
        return this.#setting.swarm.choose(request, piece, performance.now());
      },
      onPiece: (isNew, ms) => {
        this.#mayBeStale = false;
        this.#mostInFlight = ms < QUICK_PIECE_MS ? PIECES_IN_FLIGHT : 1;
        this.#broughtAt = performance.now();
        if (isNew) onPiece(this);
      },
      onQueued: (place) => onQueued(id, place),
      onBadPiece: (error) => onBadPiece(this, error),
      onChanged: () => onChanged(id),
    };
  }
}
