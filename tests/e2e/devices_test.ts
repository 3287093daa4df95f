/**
 * What a user with several devices sees of them, with the real programs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { Network, type ShellUser } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import type { Ended } from "../support/program.ts";
import { TEST_HOST } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const DEVICE = MAY_RUN ? Deno.hostname() : "";

/** Two shells of hans with folders and states of their own, as on two devices. */
class Devices implements AsyncDisposable {
  private constructor(
    readonly network: Network,
    readonly laptop: ShellUser,
    readonly lab: ShellUser,
  ) {}

  static async start(): Promise<Devices> {
    const network = await Network.start();
    const [laptop, lab] = [await open(network, "laptop"), await open(network, "lab")];
    return new Devices(network, laptop, lab);
  }

  /** Publishes `names` from `device`. */
  async publish({ shell, folder }: ShellUser, ...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), name);
      await shell.ask(`pub ${name}`, "File published successfully");
    }
  }

  /** Runs a command of hans on the laptop, beside its shell. */
  async onLaptop(...args: string[]): Promise<Ended> {
    const { shell } = await this.network.client("laptop", ["--user", "hans", ...args], {
      ...envOf(this.network, "laptop"),
    });
    return await shell.finish();
  }

  async published(): Promise<string> {
    return (await this.network.once("vader", "lpf", "hans")).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network[Symbol.asyncDispose]();
  }
}

function envOf(network: Network, name: string) {
  return {
    BITTRICKLE_PASSWORD: "pw-hans",
    XDG_STATE_HOME: network.home.pathOf(`${name}-state`),
    HOME: network.home.path,
  };
}

async function open(network: Network, name: string): Promise<ShellUser> {
  const device = await network.client(name, ["--user", "hans"], envOf(network, name));
  await device.shell.shows("Available commands are:");
  return device;
}

// deno-lint-ignore no-explicit-any
function json({ stdout }: Ended): any {
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

Deno.test("lap names users once, and all sessions for programs", AS_PROCESSES, async () => {
  await using devices = await Devices.start();
  const { network } = devices;
  assertEquals((await network.once("vader", "lap")).stdout, "1 active peer:\nhans\n");
  const forVader = json(await network.once("vader", "lap", "--json"));
  assertEquals([forVader.items, forVader.more], [["hans"], 0]);
  const seen = forVader.sessions.map(({ user, device }: Record<string, string>) => [user, device]);
  assertEquals(seen, [["hans", DEVICE], ["hans", DEVICE], ["vader", DEVICE]]);
  const [laptop] = forVader.sessions;
  assertMatch(laptop.share, /^[0-9a-f]{16}$/);
  assertMatch(laptop.agent, /^bittrickle-client\//);
  assertEquals([laptop.ip, laptop.standby, laptop.folder], [TEST_HOST, false, undefined]);
  assert(laptop.port >= 1_024 && laptop.seconds >= 0);
  const forHans = json(await devices.onLaptop("lap", "--json"));
  assertEquals(forHans.items, []);
  const folders = forHans.sessions.map(({ folder, standby }: Record<string, unknown>) => {
    return [folder, standby];
  });
  assertEquals(folders, [["~/laptop", false], ["~/lab", false], [undefined, false]]);
});

Deno.test("lap --long shows sessions to a person, in columns", AS_PROCESSES, async () => {
  await using devices = await Devices.start();
  const { stdout } = await devices.network.once("vader", "lap", "--long");
  const [heading, heads = "", first = "", ...rest] = stdout.trimEnd().split("\n");
  assertEquals(heading, "1 active peer:");
  assertEquals(first.indexOf(DEVICE), heads.indexOf("DEVICE"));
  assertEquals(first.indexOf("bittrickle-client/"), heads.indexOf("PROGRAM"));
  assertEquals(rest[1], "Your sessions:");
  assertStringIncludes(rest.at(-1)!, "vader");
});

Deno.test("lpf says from where each file is served, and whether it is", AS_PROCESSES, async () => {
  await using devices = await Devices.start();
  const { network, laptop, lab } = devices;
  await devices.publish(laptop, "both.txt", "thesis.txt");
  await devices.publish(lab, "both.txt");
  assertEquals(await devices.published(), "2 files published:\nboth.txt\nthesis.txt\n");
  await lab.shell.type("xit");
  await lab.shell.ends();
  const own = json(await devices.onLaptop("lpf", "--json"));
  assertEquals(own.items, ["both.txt", "both.txt", "thesis.txt"]);
  const rows = own.shares.map(({ device, folder, served }: Record<string, unknown>) => {
    return `${device} ${folder} ${served}`;
  });
  const here = `${DEVICE} ~/laptop true`;
  assertEquals(rows.slice(0, 2).sort(), [here, "undefined undefined false"].sort());
  assertEquals(rows[2], here);
  const others = json(await network.once("vader", "lpf", "hans", "--json"));
  assertEquals([others.shares[2].device, others.shares[2].folder], [DEVICE, undefined]);
  const long = (await devices.onLaptop("lpf", "--long")).stdout;
  assertMatch(long, /^3 files published:\nNAME +SIZE +SERVED +DEVICE +FOLDER +SHARE\n/);
  assertMatch(long, /\nboth.txt +8 B +not now +- +- +[0-9a-f]{16}\n/);
  assertMatch(long, /\nthesis.txt +10 B +now +\S+ +~\/laptop +[0-9a-f]{16}\n$/);
});

Deno.test(
  "a folder of this device that nobody serves now is known by its name",
  AS_PROCESSES,
  async () => {
    await using devices = await Devices.start();
    const { network, laptop } = devices;
    await devices.publish(laptop, "a.txt");
    await laptop.shell.type("xit");
    await laptop.shell.ends();
    const { shell } = await network.client(
      "other",
      ["--user", "hans", "lpf", "--json"],
      envOf(network, "laptop"),
    );
    const [share] = json(await shell.finish()).shares;
    assertEquals([share.served, share.device, share.folder], [false, DEVICE, "~/laptop"]);
  },
);

Deno.test(
  "unp says that another device publishes it, and --everywhere withdraws it",
  AS_PROCESSES,
  async () => {
    await using devices = await Devices.start();
    const { laptop, lab } = devices;
    await devices.publish(lab, "data.txt");
    const { stdout, code } = await devices.onLaptop("unp", "data.txt");
    assertEquals(code, 3);
    assertEquals(
      stdout,
      `File unpublication failed\n"data.txt" is published from ${DEVICE}:~/lab, and not from ` +
        "this folder: add --everywhere to withdraw it there\n",
    );
    const refused = json(await devices.onLaptop("unp", "data.txt", "--json"));
    assertEquals([refused.code, refused.elsewhere[0].folder], ["not_found", "~/lab"]);
    assertEquals(await devices.published(), "1 file published:\ndata.txt\n");
    await devices.publish(laptop, "data.txt");
    await laptop.shell.ask(
      "unp data.txt --everywhere",
      "File unpublished successfully, from ",
    );
    assertEquals(await devices.published(), "No files published\n");
    assertEquals((await devices.network.once("vader", "get", "data.txt")).code, 3);
    const nothing = await devices.onLaptop("unp", "--everywhere", "data.txt");
    assertEquals([nothing.code, nothing.stdout], [3, "File unpublication failed\n"]);
  },
);

Deno.test("unp --everywhere withdraws folders, as a command", AS_PROCESSES, async () => {
  await using devices = await Devices.start();
  const { laptop, lab } = devices;
  await devices.publish(laptop, "lab/a.txt", "lab/b.txt");
  await devices.publish(lab, "lab/b.txt", "lab/c.txt", "other/d.txt");
  const elsewhere = await devices.onLaptop("unp", "other/");
  assertEquals(elsewhere.code, 3);
  assertStringIncludes(elsewhere.stdout, `"other/" is published from ${DEVICE}:~/lab`);
  const withdrawn = json(await devices.onLaptop("unp", "lab/", "--everywhere", "--json"));
  assertEquals(withdrawn.withdrawn, ["lab/a.txt", "lab/b.txt", "lab/c.txt"]);
  assertEquals([withdrawn.everywhere, withdrawn.shares.length], [true, 2]);
  assertEquals(await devices.published(), "1 file published:\nother/d.txt\n");
});

Deno.test("the plain protocol knows one place, and says so", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const plain = ["--protocol", "1"];
  const refused = await network.once("hans", ...plain, "unp", "a.txt", "--everywhere");
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.stderr, "--everywhere needs the sealed protocol");
  const lap = json(await network.once("hans", ...plain, "lap", "--json"));
  assertEquals([lap.items, lap.sessions], [[], undefined]);
});
