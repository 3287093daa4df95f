/**
 * Whether this machine has IPv6, so that a test that needs it is reported as ignored.
 *
 * @module
 */

/** Whether sockets can be bound to ::1. */
export const HAS_IPV6: boolean = canBind("::1", 0);

/** Whether a socket of all IPv6 addresses is one of all IPv4 addresses. */
export const HEARS_BOTH: boolean = HAS_IPV6 && hearsBoth();

function canBind(hostname: string, port: number): boolean {
  try {
    Deno.listenDatagram({ transport: "udp", hostname, port }).close();
    return true;
  } catch {
    return false;
  }
}

function hearsBoth(): boolean {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "::", port: 0 });
  const isTaken = !canBind("127.0.0.1", (socket.addr as Deno.NetAddr).port);
  socket.close();
  return isTaken;
}
