/**
 * Two servers that are one index, and what their users see when one of them dies.
 *
 * @module
 */

import { join } from "@std/path";
import { sha256Of, someBytes } from "./bytes.ts";
import { say } from "./demo.ts";
import { type FleetMember, FleetNetwork } from "./fleet_network.ts";
import { hostAndPort } from "./host.ts";

const FILM = { name: "film.bin", bytes: 32 * 1_024 * 1_024 };
/** Slow enough that the film is under way when a server dies. */
const SPEED = "4M";
/** How long a client may look for another server, in milliseconds. */
const MOVED_MS = 15_000;

/** The server at which `user` is, and the other one. */
function placesOf(user: string, servers: readonly [FleetMember, FleetMember]) {
  const isThere = ({ program }: FleetMember) => program.stdout.includes(`"user":"${user}"`);
  const [a, b] = servers;
  return isThere(a) ? { at: a, other: b } : { at: b, other: a };
}

/** Runs the whole session. Returns whether everybody went on, and the copy is what it should be. */
export async function runFleetDemo(tell: (line: string) => void): Promise<boolean> {
  await using network = await FleetNetwork.start();
  const servers = [await network.server(), await network.server()] as const;
  const [first, second] = servers.map(({ port }) => hostAndPort(port));
  tell(`etcd at ${network.node.endpoint}, and two servers that are one index: ${first}, ${second}`);
  const hans = await network.shell("hans", servers, "--limit-up", SPEED);
  await hans.shows("Welcome");
  const { at, other } = placesOf("hans", servers);
  const vader = await network.shell("vader", [other]);
  await vader.shows("Welcome");
  tell(`\n(hans is at ${hostAndPort(at.port)}, vader at ${hostAndPort(other.port)})`);

  await Deno.writeFile(join(network.home.pathOf("hans"), FILM.name), someBytes(FILM.bytes));
  await say(tell, "hans", hans, `pub ${FILM.name}`, "File published successfully\n");
  await say(tell, "vader", vader, "sch film", "film.bin\n");
  await vader.type(`get ${FILM.name}`);
  tell(`vader> get ${FILM.name}`);

  tell(`\n(the server of hans is killed, while his film is being fetched)`);
  const killedAt = performance.now();
  at.program.kill("SIGKILL");
  await hans.warns("now at", MOVED_MS);
  const seconds = ((performance.now() - killedAt) / 1_000).toFixed(1);
  tell(
    `hans is told after ${seconds} s: ${
      hans.stderr.split("\n").find((it) => it.includes("now at"))
    }`,
  );
  await vader.shows("downloaded successfully", 60_000);
  tell("vader: the film is there, and its transfer never stopped");
  await say(tell, "hans", hans, `unp ${FILM.name}`, "File unpublished successfully\n");
  await say(tell, "vader", vader, "sch film", "No files found\n");

  const [original, copy] = await Promise.all(["hans", "vader"].map((user) => {
    return sha256Of(join(network.home.pathOf(user), FILM.name));
  }));
  tell(`\nSHA-256: ${original === copy ? "the copy is the same" : "THE COPY DIFFERS"}`);
  return original === copy;
}
