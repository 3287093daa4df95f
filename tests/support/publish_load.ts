/**
 * Users who publish and withdraw as fast as they are answered, and remember what they were told.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ReferenceClient } from "../reference/plain_client.ts";

/** The files of each user: few enough for one plain list. */
const NAMES: readonly string[] = Array.from({ length: 40 }, (_, i) => `file-${i}`);

/** Lies to nobody: this port serves nothing. */
const UPLOAD_PORT = 65_000;

/** One user, with one request on the way at any time. */
export class LoadPublisher {
  /** How many changes the index has acknowledged. */
  acknowledged = 0;
  readonly #user: string;
  readonly #random: () => number;
  /** What is published for sure. */
  #published = new Set<string>();
  /** The name of which nobody knows, because its request was not answered. */
  #unanswered: string | undefined;
  #client: ReferenceClient | undefined;

  constructor(user: string, random: () => number) {
    this.#user = user;
    this.#random = random;
  }

  /** Logs in to an index that has just started, and compares what it knows with what it said. */
  async join(port: number): Promise<void> {
    this.#client = new ReferenceClient(port);
    const greeting = await this.#client.login(this.#user, `pw-${this.#user}`, UPLOAD_PORT);
    assertEquals(greeting, "Welcome to BitTrickle!");
    const [heading = "", ...names] = (await this.#client.ask("lpf")).split("\n");
    assert(!names.at(-1)?.startsWith("…"), "the list was cut");
    const found = new Set(names);
    const isSure = (name: string) => name !== this.#unanswered;
    const [kept, told] = [found, this.#published].map((set) => [...set].filter(isSure).sort());
    assertEquals(kept, told, `${this.#user}: ${heading}`);
    this.#published = found;
    this.#unanswered = undefined;
  }

  /** Makes one change after the other until the index answers no more; then nothing ever comes. */
  async publish(): Promise<void> {
    for (const client = this.#client!; client === this.#client;) {
      const name = NAMES[Math.floor(this.#random() * NAMES.length)]!;
      this.#unanswered = name;
      await (this.#random() < 0.6 ? this.#add(client, name) : this.#remove(client, name));
      this.#unanswered = undefined;
      this.acknowledged++;
    }
  }

  /** Stops. */
  async leave(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  async #add(client: ReferenceClient, name: string): Promise<void> {
    assertEquals(await client.ask("pub", name), "File published successfully");
    this.#published.add(name);
  }

  async #remove(client: ReferenceClient, name: string): Promise<void> {
    const isThere = this.#published.delete(name);
    const answer = await client.ask("unp", name);
    assertEquals(answer, `File ${isThere ? "unpublished successfully" : "unpublication failed"}`);
  }
}
