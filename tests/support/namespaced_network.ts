/**
 * An index and its clients as processes, each on a host of its own.
 *
 * @module
 */

import { formatAddress } from "../../lib/protocol/address.ts";
import type { ShellUser } from "./clients.ts";
import { type NetworkHost, NetworkNamespaces } from "./namespaces.ts";
import { type Ended, FROM_SOURCE, Program } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { credentialsOf } from "./users.ts";

/** Nothing else has a port there. */
const INDEX_PORT = 7_000;
/** Uses the file that follows for `/etc/hosts`: each host has its own view of what is mounted. */
const WITH_NAMES = ["sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"'];
/** Some of every answer to `lap`. */
const LAP_ANSWER = "active peer";

/** A client on a host of its own. */
export interface HostedUser extends ShellUser {
  readonly user: string;
  readonly host: NetworkHost;
}

/** How a {@linkcode NamespacedNetwork} is set up. */
export interface NamespacedNetworkOptions {
  /** Who may log in, each with the password `pw-<user>`. */
  readonly users: readonly string[];
  /** Further flags of the server. */
  readonly flags?: readonly string[];
  /** Where the server listens. @default the address of its host */
  readonly listenOn?: string;
}

/** How a client is started. */
export interface JoinOptions {
  /** Arguments after the address. */
  readonly args?: readonly string[];
  /** What is in its answer to `lap`. @default what it tells people */
  readonly answer?: string;
  /** The host of the index, or of each of its servers, as it is told the client. @default its address */
  readonly index?: string | readonly string[];
  /** A file of names and addresses that its host uses, as `/etc/hosts`. @default that of this machine */
  readonly names?: string;
  /** Where it runs. @default a host that is added */
  readonly host?: NetworkHost;
  /** What its folder and its state are called. @default as the user */
  readonly device?: string;
}

/** What a client runs with, beside its arguments. */
type Place = Required<Pick<JoinOptions, "host" | "device" | "index">> & Pick<JoinOptions, "names">;

/** Starts programs on hosts of their own and ends them all. */
export class NamespacedNetwork implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #flags: readonly string[];
  readonly #listenOn: string | undefined;
  #server: Program | undefined;

  private constructor(
    readonly home: TempFolder,
    readonly namespaces: NetworkNamespaces,
    readonly indexHost: NetworkHost,
    { flags = [], listenOn }: NamespacedNetworkOptions,
  ) {
    this.#stack.use(home);
    this.#stack.use(namespaces);
    this.#flags = flags;
    this.#listenOn = listenOn;
  }

  /** Starts an index. */
  static async start(options: NamespacedNetworkOptions): Promise<NamespacedNetwork> {
    const { users } = options;
    const namespaces = await NetworkNamespaces.make();
    const home = await TempFolder.make();
    await home.write("credentials.txt", credentialsOf(users));
    const network = new NamespacedNetwork(home, namespaces, await namespaces.addHost(), options);
    try {
      await network.startServer();
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The port of the index. */
  get port(): number {
    return INDEX_PORT;
  }

  /** The process of the index. */
  get server(): Program {
    return this.#server!;
  }

  /** Starts the index, which has not been started or was killed. */
  async startServer(): Promise<void> {
    const address = [String(INDEX_PORT), "--host", this.#listenOn ?? this.indexHost.address];
    const command = [...FROM_SOURCE.server, ...address, "--log", "json", ...this.#flags];
    const options = { cwd: this.home.path };
    this.#server = this.#stack.use(new Program(this.indexHost.command(command), options));
    await this.#server.shows("\n");
  }

  /** Starts another server of the index, with the same key and users, on a host of its own. */
  async addServer(): Promise<{ readonly host: NetworkHost; readonly server: Program }> {
    const host = await this.namespaces.addHost();
    const cwd = await this.home.makeFolder("second");
    for (const name of ["credentials.txt", "credentials.txt.key"]) {
      await Deno.copyFile(this.home.pathOf(name), this.home.pathOf(`second/${name}`));
    }
    const address = [String(INDEX_PORT), "--host", host.address, "--log", "json"];
    const command = host.command([...FROM_SOURCE.server, ...address, ...this.#flags]);
    const server = this.#stack.use(new Program(command, { cwd }));
    await server.shows("\n");
    return { host, server };
  }

  /** Starts a shell on a host of its own and logs `user` in. */
  async join(
    user: string,
    { args = [], answer = LAP_ANSWER, index = this.indexHost.address, ...where }: JoinOptions = {},
  ): Promise<HostedUser> {
    const { device = user } = where;
    const host = where.host ?? await this.namespaces.addHost();
    const place = { ...where, host, device, index };
    const { shell, folder } = await this.#startClient(user, args, place);
    await shell.ask("lap", answer);
    return { user, shell, folder, host };
  }

  /** Runs a one-shot command of `user` to its end, on the device `device` of `host`. */
  async once(
    user: string,
    { host, device = user }: Pick<Place, "host"> & Pick<JoinOptions, "device">,
    ...args: string[]
  ): Promise<Ended> {
    const place = { host, device, index: this.indexHost.address };
    const { shell } = await this.#startClient(user, args, place);
    return await shell.finish();
  }

  async #startClient(
    user: string,
    args: readonly string[],
    { host, device, index, names }: Place,
  ): Promise<ShellUser> {
    const folder = this.home.pathOf(device);
    await Deno.mkdir(folder, { recursive: true });
    const servers = [index].flat().map((hostname) => formatAddress({ hostname, port: INDEX_PORT }));
    const client = [...FROM_SOURCE.client, servers.join(","), "--user", user, ...args];
    const command = names === undefined ? client : [...WITH_NAMES, names, ...client];
    const env = { BITTRICKLE_PASSWORD: `pw-${user}`, XDG_STATE_HOME: `${folder}.state` };
    const shell = this.#stack.use(new Program(host.command(command), { cwd: folder, env }));
    return { shell, folder };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
