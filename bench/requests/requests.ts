/**
 * How many requests a second the real server answers, against a bare UDP echo.
 *
 * @module
 */

import { alternate, median } from "../rounds.ts";
import { compare, type Result } from "../table.ts";
import { Contender } from "./contender.ts";
import type { Round } from "./load.ts";
import { ASKERS, credentialsText } from "./users.ts";

/** What the project wants to reach. */
const AIM = 0.8;
const SEALED_AIM = 0.45;
const ROUNDS = { rounds: 15, warmUps: 3 };

type Name = "echo" | "silent" | "logging" | "sealing";

/** Measures `get` over both protocols, with files in `folder`. */
export async function measureRequests(folder: string, signal: AbortSignal): Promise<Result> {
  if (Deno.build.os !== "linux") return { rows: [], notes: ["requests: measured on Linux only"] };
  const credentials = `${folder}/credentials.txt`;
  await Deno.writeTextFile(credentials, credentialsText());
  const server = (log: string, kind: "get" | "sealed" = "get") => {
    const args = ["--log", log, "--credentials", credentials, "--data", ":memory:"];
    const output = `${folder}/${kind}-${log}.log`;
    return Contender.start({ script: "../server.ts", kind, args, output, signal });
  };
  const bare = { script: "requests/echo.ts", kind: "echo", output: "/dev/null", signal } as const;
  await using echo = await Contender.start(bare);
  await using silent = await server("off");
  await using logging = await server("text");
  await using sealing = await server("off", "sealed");
  return summarize(
    await alternate({
      echo: () => echo.round(),
      silent: () => silent.round(),
      logging: () => logging.round(),
      sealing: () => sealing.round(),
    }, ROUNDS),
  );
}

function summarize({ echo, silent, logging, sealing }: Record<Name, Round[]>): Result {
  const rate = (rounds: Round[]) => rounds.map((round) => round.perSecond);
  const cpu = (rounds: Round[]) => rounds.map((round) => round.cpuMicros);
  const perRequest = { lessIsBetter: true };
  return {
    rows: [
      compare("get, requests/s, no log", rate(silent), rate(echo), { aim: AIM }),
      compare("get, requests/s, log to a file", rate(logging), rate(echo)),
      compare("sealed get, requests/s, no log", rate(sealing), rate(echo), { aim: SEALED_AIM }),
      compare(
        "sealed logins/s, against OPAQUE alone",
        sealing.map(({ logins }) => logins),
        sealing.map(({ bareLogins }) => bareLogins),
      ),
      compare("get, CPU µs/request, no log", cpu(silent), cpu(echo), perRequest),
      compare("get, CPU µs/request, log to a file", cpu(logging), cpu(echo), perRequest),
      compare("sealed get, CPU µs/request, no log", cpu(sealing), cpu(echo), perRequest),
    ],
    notes: [
      `requests: ${ASKERS} in flight, one from each of ${ASKERS} sessions at its own socket; ` +
      `${ROUNDS.rounds} rounds; bare echoes on the same socket API`,
      `share of a core used (of the time with work to do): ${
        [
          describe("no log", silent),
          describe("log", logging),
          describe("sealed", sealing),
          describe("echo", echo),
        ].join("; ")
      }`,
    ],
  };
}

function describe(name: string, rounds: readonly Round[]): string {
  const percent = (shares: number[]) => `${(median(shares) * 100).toFixed(0)} %`;
  const cpu = percent(rounds.map((round) => round.cpuShare));
  const busy = percent(rounds.map((round) => round.busyShare));
  const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
  return `${name} ${cpu} (${busy})${lost > 0 ? `, ${lost} lost` : ""}`;
}
