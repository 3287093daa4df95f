/**
 * Ports for programs that cannot choose one by themselves.
 *
 * @module
 */

import { TEST_HOST } from "./host.ts";

/** TCP ports that nobody listens at just now, each another one. */
export function freePorts(count: number): number[] {
  using stack = new DisposableStack();
  const listeners = Array.from({ length: count }, () => {
    const listener = Deno.listen({ hostname: TEST_HOST, port: 0 });
    stack.defer(() => listener.close());
    return listener;
  });
  return listeners.map(({ addr }) => addr.port);
}
