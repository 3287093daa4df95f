import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  distinctServers,
  formatAddress,
  hostKey,
  isLoopback,
  isSameAddress,
  isUnicast,
  parsePort,
} from "../../lib/protocol/address.ts";

Deno.test({ name: "parsePort() reads every port there is", permissions: "none" }, () => {
  for (let port = 0; port <= 65_535; port++) assertEquals(parsePort(String(port)), port);
});

const NO_PORTS = ["", "-1", "-0", "+1", "65536", "70000", "99999", "100000", "6e3", "0x50", "0b1"];

for (
  const text of [...NO_PORTS, "00", "007", "05000", "5000.0", " 80", "80 ", "80\n", "٨٠", "1_0"]
) {
  Deno.test({ name: `parsePort() refuses ${JSON.stringify(text)}`, permissions: "none" }, () => {
    assertEquals(parsePort(text), undefined);
  });
}

Deno.test({
  name: "parsePort() accepts no text but the plain decimal of a port",
  permissions: "none",
}, () => {
  const texts = fc.string({ unit: fc.constantFrom(..."0123456789+-.exn \n"), maxLength: 7 });
  fc.assert(
    fc.property(texts, (text) => {
      const port = parsePort(text);
      assertEquals(port === undefined || String(port) === text, true);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({ name: "formatAddress() puts brackets around IPv6 only", permissions: "none" }, () => {
  assertEquals(formatAddress({ hostname: "127.0.0.1", port: 5_000 }), "127.0.0.1:5000");
  assertEquals(formatAddress({ hostname: "::1", port: 5_000 }), "[::1]:5000");
  assertEquals(formatAddress({ hostname: "index.lan", port: 0 }), "index.lan:0");
});

const SAME: readonly (readonly [a: string, b: string, isSame: boolean])[] = [
  ["127.0.0.1", "127.0.0.1", true],
  ["127.0.0.1", "::ffff:127.0.0.1", true],
  ["::1", "0:0:0:0:0:0:0:1", true],
  ["FE80::A", "fe80::a", true],
  ["fe80::a%eth0", "fe80::a", true],
  ["fe80::a%eth0", "fe80::a%wlan0", true],
  ["::1", "127.0.0.1", false],
  ["fe80::a%eth0", "fe80::b", false],
  ["10.0.0.1", "10.0.0.2", false],
];

for (const [a, b, isSame] of SAME) {
  const says = isSame ? "is" : "is not";
  Deno.test({ name: `isSameAddress(): ${a} ${says} ${b}`, permissions: "none" }, () => {
    const at = (hostname: string, port = 5_000) => ({ hostname, port });
    assertEquals(isSameAddress(at(a), at(b)), isSame);
    assertEquals(isSameAddress(at(b), at(a)), isSame);
    assertEquals(isSameAddress(at(a), at(b, 5_001)), false);
  });
}

const LOOPBACK: Readonly<Record<string, boolean>> = {
  "127.0.0.1": true,
  "127.255.255.254": true,
  "::1": true,
  "::ffff:127.0.0.1": true,
  "::FFFF:127.0.0.1": true,
  "0.0.0.0": false,
  "::": false,
  "::0": false,
  "0:0:0:0:0:0:0:0": false,
  "::FFFF:224.0.0.1": false,
  "0:0:0:0:0:ffff:224.0.0.1": false,
  "::224.0.0.1": false,
  "fe80::1%eth0": false,
  "10.0.0.1": false,
  "128.0.0.1": false,
  "12.7.0.1": false,
  "1.127.0.1": false,
  "::ffff:10.0.0.1": false,
  "::11": false,
  "1::1": false,
  "fe80::1": false,
};

for (const [ip, expected] of Object.entries(LOOPBACK)) {
  const says = expected ? "keeps" : "does not keep";
  Deno.test({ name: `isLoopback() ${says} ${ip} on this machine`, permissions: "none" }, () => {
    assertEquals(isLoopback(ip), expected);
  });
}

const UNICAST: Readonly<Record<string, boolean>> = {
  "127.0.0.1": true,
  "1.0.0.1": true,
  "192.168.1.255": true,
  "223.255.255.254": true,
  "::1": true,
  "fe80::1": true,
  "2001:db8::1": true,
  "0.0.0.0": false,
  "0.255.255.255": false,
  "224.0.0.1": false,
  "239.255.255.250": false,
  "240.0.0.1": false,
  "255.255.255.255": false,
  "::": false,
  "::0": false,
  "0:0:0:0:0:0:0:0": false,
  "::FFFF:224.0.0.1": false,
  "0:0:0:0:0:ffff:224.0.0.1": false,
  "::224.0.0.1": false,
  "fe80::1%eth0": false,
  "ff02::1": false,
  "FF02::1": false,
  "::ffff:224.0.0.1": false,
  "::ffff:0.0.0.0": false,
  "localhost": false,
  "127.1": false,
  "0177.0.0.1": false,
  "1.2.3.4.5": false,
  "256.1.1.1": false,
  "[::1]": false,
  "": false,
};

for (const [ip, expected] of Object.entries(UNICAST)) {
  const says = expected ? "takes" : "does not take";
  Deno.test({ name: `isUnicast() ${says} "${ip}" for one host`, permissions: "none" }, () => {
    assertEquals(isUnicast(ip), expected);
  });
}

const HOST_KEYS: readonly (readonly [key: string, ips: readonly string[]])[] = [
  ["127.0.0.1", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.2"]],
  ["10.0.0.1", ["10.0.0.1", "::ffff:10.0.0.1", "::FFFF:10.0.0.1"]],
  ["2001:db8:0:0::/64", ["2001:db8::1", "2001:DB8:0:0:1:2:3:4", "2001:0db8::ffff:ffff:ffff:ffff"]],
  ["2001:db8:0:1::/64", ["2001:db8:0:1::", "2001:db8:0:1:ffff::"]],
  ["0:0:0:0::/64", ["::2", "::"]],
  ["fe80:0:0:0::/64", ["fe80::1", "fe80::2%eth0", "fe80::3%4"]],
  ["1:2:3:4::/64", ["1:2:3:4::", "1:2:3:4:5:6:7:8", "1:2:3:4:5::8"]],
];

for (const [key, ips] of HOST_KEYS) {
  Deno.test({ name: `hostKey() counts ${ips.join(", ")} as ${key}`, permissions: "none" }, () => {
    for (const ip of ips) assertEquals(hostKey(ip), key);
  });
}

Deno.test({
  name: "hostKey() is the same for two IPv6 addresses if their first 64 bits are",
  permissions: "none",
}, () => {
  const groups = fc.array(fc.constantFrom("0", "1", "db8"), { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(groups, groups, (a, b) => {
    const [one, other] = [a, b].map((groups) => ["2001", ...groups.slice(1)]);
    const isSame = one!.slice(0, 4).join() === other!.slice(0, 4).join();
    assertEquals(hostKey(one!.join(":")) === hostKey(other!.join(":")), isSame);
  }));
});

Deno.test({
  name: "a server that is named again, in letters of another case, is one server",
  permissions: "none",
}, () => {
  const [a, b] = [{ hostname: "a.lan", port: 1 }, { hostname: "a.lan", port: 2 }];
  const shouted = { hostname: "A.LAN", port: 1 };
  assertEquals(distinctServers([shouted, b, a, b]), [shouted, b]);
  assertEquals(distinctServers([a]), [a]);
});
