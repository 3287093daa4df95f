/**
 * What of a nemesis this machine can do.
 *
 * @module
 */

import { HAS_ETCD } from "../support/etcd.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";
import { MAY_RUN } from "../support/permission.ts";
import { CAN_MOUNT } from "../support/tiny_disk.ts";

/** Why there can be none; nothing if there can. */
export const WHY_NOT: string | undefined = !HAS_ETCD
  ? "etcd is not installed: on Debian, `apt-get install etcd-server`"
  : !CAN_MAKE_NAMESPACES
  ? "This takes network namespaces: run it as root on Linux, with iproute2 and nftables"
  : undefined;

/** Whether a disk can be full. */
export const HAS_DISKS: boolean = CAN_MOUNT;

/** The library of faketime, with which the clock of a server can jump, if it is installed. */
export const FAKE_TIME: string | undefined = MAY_RUN ? findFakeTime() : undefined;

function findFakeTime(): string | undefined {
  const paths = ["x86_64", "aarch64"].map((machine) => {
    return `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`;
  });
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
