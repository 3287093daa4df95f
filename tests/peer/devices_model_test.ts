/**
 * Users with several devices, and several clients of one folder, who come, go, crash, publish, and
 * withdraw: others are served what a simple model says. `BITTRICKLE_DEVICE_SEEDS` says which trials
 * there are, as `<first>-<last>`, for others than the gate's; one that fails tells its seed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { forEachPooled } from "../../lib/async/pooled.ts";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import type { Device, DeviceClient } from "../support/device.ts";
import { contentOf, NAMES, VERSIONS } from "../support/device_model.ts";
import { DeviceTrial, versionIn } from "../support/device_trial.ts";
import { may, MAY_USE_DISK } from "../support/permission.ts";
import { seededRandom } from "../support/seeded.ts";
import { TestSession } from "../support/test_session.ts";

const GIVEN = may("env") ? Deno.env.get("BITTRICKLE_DEVICE_SEEDS") : undefined;
const [FIRST_SEED = 1, LAST_SEED = FIRST_SEED] = (GIVEN ?? "1-20").split("-").map(Number);
const SEEDS = LAST_SEED - FIRST_SEED + 1;
/** Trials at once: they mostly wait. */
const AT_ONCE = 4;
const STEPS = 25;
/** Three on each device of a user with two leave two of the sessions that a user may have. */
const CLIENTS = 3;
/** Silence after which a session is over. */
const SILENCE_MS = ACTIVE_MS + 1;

/** What a step works with. */
class Chance {
  constructor(readonly trial: DeviceTrial, readonly random: () => number) {}

  one<T>(of: readonly T[]): T {
    return of[Math.floor(this.random() * of.length)]!;
  }

  get name(): string {
    return this.one(NAMES);
  }

  /** A device, by chance one that has a client if that is asked for. */
  device(isFit: (device: Device) => boolean = () => true): Device | undefined {
    const fit = this.trial.devices.filter(isFit);
    return fit.length > 0 ? this.one(fit) : undefined;
  }

  /** How `device`, and one of its clients, is called in messages. */
  call(device: Device, client?: DeviceClient): string {
    const number = client ? ` client ${device.clients.indexOf(client)}` : "";
    return `${device.user} device ${this.trial.devices.indexOf(device)}${number}`;
  }
}

/** Tells what it does, and does it; nothing if it cannot be done now. */
type Step = (chance: Chance) => readonly [string, () => Promise<void>] | undefined;

const isOpen = ({ clients }: Device) => clients.length > 0;
const hasRoom = ({ clients }: Device) => clients.length < CLIENTS;
const isShared = ({ clients }: Device) => clients.length > 1;

async function writeSome({ trial, random }: Chance, device: Device, name: string): Promise<void> {
  const version = Math.floor(random() * VERSIONS);
  const how = random() < 0.5 ? "into" : "in place of";
  await device.write(name, contentOf(name, version).content, how);
  trial.modelOf(device).files.set(name, version);
}

async function publish(chance: Chance, device: Device, client: DeviceClient, name: string) {
  const share = chance.trial.modelOf(device);
  if (!share.files.has(name)) await writeSome(chance, device, name);
  assertEquals(await client.peer.pub(name), { kind: "published" });
  share.published.set(name, share.files.get(name)!);
}

async function openOne({ trial }: Chance, device: Device): Promise<DeviceClient> {
  const client = await device.open();
  trial.modelOf(device).clients++;
  return client;
}

async function endOne(
  { trial }: Chance,
  device: Device,
  client: DeviceClient,
  how: "leave" | "kill",
): Promise<void> {
  await device.end(client, how);
  trial.modelOf(device).clients--;
}

const open: Step = (chance) => {
  const device = chance.device(hasRoom);
  if (!device) return;
  return [`open ${chance.call(device)}`, async () => void await openOne(chance, device)];
};

const leave: Step = (chance) => {
  const device = chance.device(isOpen);
  if (!device) return;
  const client = chance.one(device.clients);
  return [`leave ${chance.call(device, client)}`, () => endOne(chance, device, client, "leave")];
};

const kill: Step = (chance) => {
  const { trial } = chance;
  const device = chance.device(isOpen);
  if (!device) return;
  const client = chance.one(device.clients);
  return [`kill ${chance.call(device, client)}`, async () => {
    await endOne(chance, device, client, "kill");
    await trial.index.pass(SILENCE_MS, () => trial.beat());
  }];
};

/** Somebody waits for a file while the client that serves it is gone, and gets it from the next one. */
const killWhileAwaited: Step = (chance) => {
  const { trial, name } = chance;
  const device = chance.device(isShared);
  const isPublished = device && trial.modelOf(device).published.has(name);
  if (!isPublished || trial.model.served(name).length !== 1) return;
  const client = device.clients[0]!;
  return [`kill ${chance.call(device, client)} while ${name} is awaited`, async () => {
    await endOne(chance, device, client, "kill");
    const getting = trial.get(name);
    await trial.index.pass(SILENCE_MS, () => trial.beat());
    assertEquals([await getting], trial.model.served(name));
  }];
};

const pub: Step = (chance) => {
  const { name } = chance;
  const device = chance.device(isOpen);
  if (!device) return;
  const client = chance.one(device.clients);
  return [`pub ${name} by ${chance.call(device, client)}`, () => {
    return publish(chance, device, client, name);
  }];
};

/** Different clients of one folder publish at once: each another file, or all the same. */
const pubAtOnce: Step = (chance) => {
  const device = chance.device(isShared);
  if (!device) return;
  const first = chance.one([0, 0, 1, 2]);
  return [`pub from ${NAMES[first]} on by all clients of ${chance.call(device)}`, async () => {
    await writeSome(chance, device, NAMES[first]!);
    await Promise.all(device.clients.map((client, i) => {
      return publish(chance, device, client, NAMES[first === 0 ? i : first]!);
    }));
  }];
};

/** The client's request, or the answer, may be lost with the session. */
const pubDuringRestart: Step = (chance) => {
  const { name, trial } = chance;
  const device = chance.device(isOpen);
  if (!device) return;
  const client = chance.one(device.clients);
  return [`pub ${name} by ${chance.call(device, client)} as the index restarts`, async () => {
    await Promise.all([publish(chance, device, client, name), trial.index.restart()]);
  }];
};

/** A command beside whatever is open. It need not wait until all that has changed is published anew. */
const pubOnce: Step = (chance) => {
  const { name } = chance;
  const device = chance.device(hasRoom);
  if (!device || !isOpen(device) && !chance.trial.modelOf(device).isUnchanged) return;
  return [`pub ${name} by a command on ${chance.call(device)}`, async () => {
    const client = await openOne(chance, device);
    await publish(chance, device, client, name);
    await endOne(chance, device, client, "leave");
  }];
};

const unp: Step = (chance) => {
  const { name } = chance;
  const device = chance.device(isOpen);
  if (!device) return;
  const client = chance.one(device.clients);
  return [`unp ${name} by ${chance.call(device, client)}`, async () => {
    const wasThere = chance.trial.modelOf(device).published.delete(name);
    const kind = wasThere ? "unpublished" : "not published";
    assertEquals(await client.peer.unp(name), { kind });
  }];
};

/** By a client that may publish it, too. */
const unpEverywhere: Step = (chance) => {
  const { trial, name } = chance;
  const device = chance.device(isOpen);
  if (!device) return;
  const client = chance.one(device.clients);
  return [`unp ${name} everywhere by ${chance.call(device, client)}`, async () => {
    const wasThere = trial.model.withdrawEverywhere(device.user, name);
    const kind = wasThere ? "unpublished" : "not published";
    assertEquals(await client.peer.unp(name, true), { kind });
  }];
};

/** By a device of the user that serves nothing. */
const unpFromElsewhere: Step = (chance) => {
  const { trial, name } = chance;
  const { user } = chance.device()!;
  return [`unp ${name} everywhere by a script of ${user}`, async () => {
    const share = undefined;
    await using script = await TestSession.join(trial.index.address, user, { share });
    const wasThere = trial.model.withdrawEverywhere(user, name);
    const kind = wasThere ? "unpublished" : "not published";
    assertEquals(await script.ask({ verb: "unp", name, isEverywhere: true }), kind);
  }];
};

/** What the user's other devices, and others, serve. */
const getFromElsewhere: Step = (chance) => {
  const { trial, name } = chance;
  const device = chance.device(isOpen);
  const versions = device ? trial.model.served(name, trial.modelOf(device)) : [];
  if (!device || versions.length !== 1) return;
  const client = chance.one(device.clients);
  return [`get ${name} by ${chance.call(device, client)}`, async () => {
    await client.peer.get(name, { as: "gotten" });
    assertEquals([versionIn(name, await device.take("gotten"))], versions);
  }];
};

const change: Step = (chance) => {
  const { name } = chance;
  const device = chance.device()!;
  return [`change ${name} of ${chance.call(device)}`, () => writeSome(chance, device, name)];
};

const restart: Step = ({ trial }) => ["restart the index", () => trial.index.restart()];

const STEPS_BY_WEIGHT: readonly (readonly [number, Step])[] = [
  [5, open],
  [2, leave],
  [2, kill],
  [1, killWhileAwaited],
  [6, pub],
  [1, pubAtOnce],
  [2, pubOnce],
  [2, unp],
  [1, unpEverywhere],
  [1, unpFromElsewhere],
  [2, getFromElsewhere],
  [3, change],
  [0.4, restart],
  [0.2, pubDuringRestart],
];

/** One step of all, the more often the more it weighs. */
function anyOf(steps: typeof STEPS_BY_WEIGHT, random: () => number): Step {
  let at = random() * steps.reduce((sum, [weight]) => sum + weight, 0);
  return steps.find(([weight]) => (at -= weight) < 0)![1];
}

/** Takes steps by chance; what came of them is what a restart of the index leaves. */
async function run(seed: number): Promise<void> {
  const random = seededRandom(seed);
  await using trial = await DeviceTrial.start();
  const chance = new Chance(trial, random);
  const done: string[] = [];
  try {
    while (done.length <= STEPS) {
      const step = done.length < STEPS ? anyOf(STEPS_BY_WEIGHT, random) : restart;
      const planned = step(chance);
      if (!planned) continue;
      const [what, take] = planned;
      done.push(what);
      await take();
      await trial.compare();
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after:\n${done.join("\n")}`, { cause: error });
  }
}

Deno.test(
  `the devices of two users serve what a simple model says, in ${SEEDS} trials`,
  { ignore: !MAY_USE_DISK },
  async () => {
    const failures: Error[] = [];
    const seeds = Array.from({ length: SEEDS }, (_, i) => i + FIRST_SEED).entries();
    await forEachPooled(AT_ONCE, seeds, async ([, seed]) => {
      await run(seed).catch((error) => failures.push(error));
    });
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} trials failed`);
  },
);
