/**
 * Devices of some users at one index, and what others see of them.
 *
 * @module
 */

import { assertEquals, AssertionError } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import type { Gotten } from "../../lib/peer/download/get_setting.ts";
import { formatContent } from "../../lib/protocol/content.ts";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { Device } from "./device.ts";
import {
  DeviceModel,
  ModelShare,
  NAMES,
  publicationLine,
  sessionLine,
  versionOf,
} from "./device_model.ts";
import { DurableIndex } from "./durable_index.ts";
import { hashed } from "./hashed.ts";
import { TestPeer } from "./test_peer.ts";
import { TestSession } from "./test_session.ts";
import { waitFor } from "./wait_for.ts";

/** Whose the devices are. */
const OWNERS = ["hans", "hans", "yoda"] as const;
/** How soon what another client takes over, or finds changed, is served: as long as a user is active. */
const SERVED_MS = ACTIVE_MS;
/** Patient, so that what fails does so for a reason. */
const GETTER = { swarm: false, stallMs: 2_000, patienceMs: 5_000 };
/** What a get is saved as that names its content. */
const BY_CONTENT = "gotten";

/** The devices, the model of them, and those who look. */
export class DeviceTrial implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;

  private constructor(
    readonly index: DurableIndex,
    readonly devices: readonly Device[],
    readonly model: DeviceModel,
    /** Who gets files. */
    readonly getter: TestPeer,
    /** Who asks for lists. */
    private readonly observer: TestSession,
    stack: AsyncDisposableStack,
  ) {
    this.#stack = stack;
  }

  /** Sets up devices without clients. */
  static async start(): Promise<DeviceTrial> {
    await using stack = new AsyncDisposableStack();
    const index = stack.use(await DurableIndex.start());
    const devices: Device[] = [];
    for (const user of OWNERS) devices.push(stack.use(await Device.make(index.address, user)));
    const model = new DeviceModel(devices.map(({ user, share }) => new ModelShare(user, share)));
    const getter = stack.use(await TestPeer.join(index, "vader", GETTER));
    const observer = stack.use(await TestSession.join(index.address, "chewy"));
    return new DeviceTrial(index, devices, model, getter, observer, stack.move());
  }

  /** What the model says of `device`. */
  modelOf(device: Device): ModelShare {
    return this.model.shares[this.devices.indexOf(device)]!;
  }

  /** Has the index hear all who are alive: those whom it has forgotten log in again before. */
  async beat(): Promise<void> {
    const clients = this.devices.flatMap(({ clients }) => clients);
    const peers = [this.getter, ...clients].map(({ peer }) => peer);
    await Promise.all([this.observer.ask({ verb: "lap" }), ...peers.map((peer) => peer.lap())]);
  }

  /** Makes sure that all is as the model says, at the latest when it has to be. */
  async compare(): Promise<void> {
    const { model } = this;
    await this.beat();
    for (const name of NAMES) {
      await becomes(`versions of ${name}`, () => this.#gotten(name), model.served(name));
    }
    for (const share of model.shares) share.notice();
    await becomes("sessions", () => this.#sessions(), model.sessions());
    await becomes("publications", () => this.#publications(), model.publications());
  }

  /** Gets `name` and returns which version that is, or why there is none. */
  async get(name: string): Promise<number | Gotten | string> {
    return await this.#tryGet(name, name, name);
  }

  /** The versions of `name` that somebody else can get now. */
  async #gotten(name: string): Promise<(number | Gotten | string)[]> {
    const gotten = await this.get(name);
    if (typeof gotten !== "object") return [gotten];
    if (gotten.kind === "nothing") return [];
    if (gotten.kind !== "choices") return [gotten];
    const all = [];
    for (const choice of gotten.choices) {
      all.push(await this.#tryGet(name, formatContent(choice), BY_CONTENT));
    }
    return all.sort();
  }

  async #tryGet(name: string, wanted: string, as: string): Promise<number | Gotten | string> {
    try {
      const gotten = await this.getter.peer.get(wanted, { as });
      return gotten.kind === "downloaded" ? await this.#takeVersion(name, as) : gotten;
    } catch (error) {
      if (error instanceof BitTrickleError) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  /** Takes what was saved as `saved` out of the getter's folder: it is a version of `name`. */
  async #takeVersion(name: string, saved: string): Promise<number> {
    const path = this.getter.folder.pathOf(saved);
    const content = await Deno.readFile(path);
    await Deno.remove(path);
    return versionIn(name, content);
  }

  async #sessions(): Promise<string[]> {
    const { items, sessions } = await this.#list({ verb: "lap", isDetailed: true });
    return items.flatMap((user, i) => {
      const { share = "", isStandby } = sessions![i]!;
      return isOwner(user) ? [sessionLine(user, share, isStandby)] : [];
    }).sort();
  }

  async #publications(): Promise<string[]> {
    const lines: string[] = [];
    for (const user of new Set(OWNERS)) {
      const { items, details, shares } = await this.#list({ verb: "lpf", of: user });
      for (const [i, name] of items.entries()) {
        const version = versionOf(name, { id: details![i]!.id! });
        lines.push(publicationLine(user, name, { ...shares![i]!, version }));
      }
    }
    return lines.sort();
  }

  async #list(
    request: { verb: "lap"; isDetailed: true } | { verb: "lpf"; of: string },
  ): Promise<Reply & { kind: "list" }> {
    return await this.observer.session.ask(request) as Reply & { kind: "list" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Which version of `name` `content` is, which came as that. */
export function versionIn(name: string, content: Uint8Array): number {
  const version = versionOf(name, hashed(content));
  if (version >= 0) return version;
  throw new AssertionError(`What came as "${name}" was never written as that`);
}

/** Waits until `read` returns `expected`, and tells what it returned last if it does not. */
async function becomes<T>(what: string, read: () => Promise<T>, expected: T): Promise<void> {
  let last: T | undefined;
  const isRight = async () => JSON.stringify(last = await read()) === JSON.stringify(expected);
  await waitFor(what, isRight, SERVED_MS).catch((error) => {
    if (error instanceof AssertionError) assertEquals(last, expected, what);
    throw error;
  });
}

function isOwner(user: string): boolean {
  return (OWNERS as readonly string[]).includes(user);
}
