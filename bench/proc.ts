/**
 * What Linux tells about a running process, in `/proc`.
 *
 * @module
 */

/** The unit of times in `/proc/<pid>/stat`, on every Linux. */
const TICKS_PER_SECOND = 100;

/** How long all threads of the process `pid` ran since it began, in milliseconds. */
export function processTime(pid: number): number {
  let ms = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const [running] = Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ");
    ms += Number(running) / 1e6;
  }
  return ms;
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

/**
 * How long all that this process has started ran since then, directly or not, in seconds: also what
 * has ended, unless it was left to others.
 */
export function descendantsTime(): number {
  const pids = Deno.readDirSync("/proc").map(({ name }) => Number(name)).filter((pid) => pid > 0);
  const running = new Map(pids.map((pid) => [pid, statOf(pid)]));
  const isOurs = (pid: number): boolean => {
    return pid === Deno.pid || pid > 0 && isOurs(running.get(pid)?.[0] ?? 0);
  };
  let ticks = 0;
  for (const [pid, [parent = 0, ...times]] of running) {
    const counted = pid === Deno.pid ? times.slice(2) : times;
    if (pid === Deno.pid || parent > 0 && isOurs(parent)) {
      ticks += counted.reduce((a, b) => a + b, 0);
    }
  }
  return ticks / TICKS_PER_SECOND;
}

/** The parent of a process, its own times and those of its children that have ended. */
function statOf(pid: number): number[] {
  try {
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ");
    return [fields[1], ...fields.slice(11, 15)].map(Number);
  } catch {
    return []; // It has ended meanwhile.
  }
}

/** The memory that the process `pid` holds now, in MiB. */
export function residentMemory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** How many descriptors the process `pid` has open. */
export function descriptorsOf(pid: number): number {
  return Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
}
