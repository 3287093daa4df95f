/**
 * Faults that are done to the index and its clients.
 *
 * @module
 */

import type { HostedUser, NamespacedNetwork } from "../support/namespaced_network.ts";
import type { NetworkHost } from "../support/namespaces.ts";
import type { Program } from "../support/program.ts";
import { type Fault, INDEX, type PlannedFault, type PlannedKind } from "./fault_plan.ts";

/** To whom a fault is done. */
interface Victim {
  readonly host: NetworkHost;
  readonly program: Program;
}

/** How a fault begins, and what ends it. */
interface Action {
  begin(victim: Victim, fault: PlannedFault): Promise<void>;
  end(victim: Victim): Promise<void>;
}

const LOSS: Action = {
  begin: ({ host }, { percent }) => host.lose(percent),
  end: ({ host }) => host.lose(0),
};

const CABLE: Action = { begin: ({ host }) => host.unplug(), end: ({ host }) => host.plug() };

const INTERFACE: Action = { begin: ({ host }) => host.disable(), end: ({ host }) => host.enable() };

const MOVE: Action = {
  begin: ({ host }) => host.unplug(),
  end: async ({ host }) => {
    await host.move();
    await host.plug();
  },
};

const PAUSE: Action = {
  begin: ({ program }) => Promise.resolve(program.kill("SIGSTOP")),
  end: ({ program }) => Promise.resolve(program.kill("SIGCONT")),
};

const SLEEP = together(PAUSE, CABLE);

const ROAM = together(PAUSE, MOVE);

/** Does faults to a network. */
export class FaultInjector {
  readonly #network: NamespacedNetwork;
  readonly #members: readonly HostedUser[];
  readonly #actions: Readonly<Record<PlannedKind, Action>>;

  constructor(network: NamespacedNetwork, members: readonly HostedUser[]) {
    this.#network = network;
    this.#members = members;
    this.#actions = {
      "loss": LOSS,
      "cable": CABLE,
      "interface": INTERFACE,
      "move": MOVE,
      "pause": PAUSE,
      "sleep": SLEEP,
      "roam": ROAM,
      "index-pause": PAUSE,
      "index-cable": CABLE,
      "index-crash": this.#crash(),
    };
  }

  /** Lets `fault` begin. */
  async begin(fault: PlannedFault): Promise<void> {
    await this.#actions[fault.kind].begin(this.#victimOf(fault), fault);
  }

  /** Ends `fault`. */
  async end(fault: PlannedFault): Promise<void> {
    await this.#actions[fault.kind].end(this.#victimOf(fault));
  }

  #victimOf({ who }: Fault): Victim {
    if (who === INDEX) return { host: this.#network.indexHost, program: this.#network.server };
    const { host, shell } = this.#members[who]!;
    return { host, program: shell };
  }

  #crash(): Action {
    return {
      begin: ({ program }) => program[Symbol.asyncDispose](),
      end: () => this.#network.startServer(),
    };
  }
}

/** Both at once; what began last ends first. */
function together(first: Action, second: Action): Action {
  return {
    begin: async (victim, fault) => {
      await first.begin(victim, fault);
      await second.begin(victim, fault);
    },
    end: async (victim) => {
      await second.end(victim);
      await first.end(victim);
    },
  };
}
