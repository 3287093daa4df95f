import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { AddressMap } from "../../../lib/index/sessions/address_map.ts";
import { formatAddress } from "../../../lib/protocol/address.ts";

const address = fc.record({
  hostname: fc.constantFrom("127.0.0.1", "192.168.1.7", "fe80::1"),
  port: fc.constantFrom(5_000, 5_001),
});

const step = fc.record({ address, value: fc.option(fc.nat({ max: 9 })) });

Deno.test({
  name: "AddressMap holds what a map by written addresses holds, after any changes",
  permissions: "none",
}, () => {
  fc.assert(fc.property(fc.array(step), fc.array(address), (steps, asked) => {
    const values = new AddressMap<number>();
    const written = new Map<string, number>();
    for (const { address, value } of steps) {
      if (value === null) values.delete(address);
      else values.set(address, value);
      if (value === null) written.delete(formatAddress(address));
      else written.set(formatAddress(address), value);
    }
    for (const address of asked) {
      assertEquals(values.get(address), written.get(formatAddress(address)));
    }
  }));
});
