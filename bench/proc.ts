/**
 * What Linux tells about a running process, in `/proc`.
 *
 * @module
 */

/** Processor time in milliseconds since the process began. */
export interface ProcessTimes {
  /** How long all its threads ran. */
  readonly running: number;
  /** How long its main thread ran. */
  readonly mainRunning: number;
  /** How long its main thread could have run but had to wait for a core. */
  readonly mainWaiting: number;
}

/** The times of the process `pid`. */
export function processTimes(pid: number): ProcessTimes {
  let running = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    running += threadTimes(`${pid}/task/${name}`)[0];
  }
  const [mainRunning, mainWaiting] = threadTimes(`${pid}`);
  return { running, mainRunning, mainWaiting };
}

/** The most memory that the process `pid` ever held, in MiB, or `undefined` where nobody knows. */
export function peakMemory(pid: number): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** The ports of the UDP sockets over IPv4 of the process `pid`. */
export function udpPortsOf(pid: number): number[] {
  return udpSocketsOf(pid).map((fields) => parseInt(fields[1]!.split(":")[1]!, 16)).toArray();
}

/** How many datagrams for UDP sockets over IPv4 of the process `pid` found no room there. */
export function udpDropsOf(pid: number): number {
  return udpSocketsOf(pid).reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}

/** The lines of `/proc/net/udp` about the sockets of the process `pid`. */
function* udpSocketsOf(pid: number): Generator<string[]> {
  const files = Deno.readDirSync(`/proc/${pid}/fd`).map(({ name }) => `/proc/${pid}/fd/${name}`);
  const links = new Set(files.map(linkAt));
  for (const line of Deno.readTextFileSync(`/proc/${pid}/net/udp`).trim().split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (links.has(`socket:[${fields[9]}]`)) yield fields;
  }
}

function linkAt(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return ""; // It was closed meanwhile.
  }
}

function threadTimes(thread: string): [running: number, waiting: number] {
  const [running, waiting] = Deno.readTextFileSync(`/proc/${thread}/schedstat`).split(" ");
  return [Number(running) / 1e6, Number(waiting) / 1e6];
}
