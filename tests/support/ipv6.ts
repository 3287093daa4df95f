/**
 * Whether this machine has IPv6, so that a test that needs it is reported as ignored.
 *
 * @module
 */

/** Whether sockets can be bound to ::1. */
export const HAS_IPV6: boolean = hasIpv6();

function hasIpv6(): boolean {
  try {
    Deno.listenDatagram({ transport: "udp", hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
