/**
 * A status to show.
 *
 * @module
 */

import type { Status } from "../../lib/server/status/status.ts";

/** A server in the middle of a lesson, where everybody has a hostile name. */
export const SOME_STATUS: Status = {
  v: 1,
  type: "status",
  time: "2026-11-27T12:00:00.000Z",
  server: {
    version: "0.1.0",
    startedAt: "2026-11-27T08:47:30.000Z",
    addresses: ["192.0.2.10:5000"],
    fingerprint: "c049-427b-fe4c-4da6-c93f-5c64-17bf-fe00",
  },
  users: { total: 30, disabled: 1, active: 2 },
  invitations: {
    total: 7,
    rows: [{ user: "rey\u001b[2J", expires: "2026-11-30T15:30:00.000Z" }],
  },
  sessions: {
    total: 1_002,
    rows: [
      {
        user: "hans\u001b[2J",
        address: "192.0.2.20:40001",
        protocol: 2,
        since: "2026-11-27T11:59:18.000Z",
        device: "lap\u202etop",
        agent: "bittrickle-client/0.1.0",
        share: "0123456789abcdef",
        publications: 1_234,
      },
      {
        user: "vader",
        address: "127.0.0.1:40002",
        protocol: 1,
        since: "2026-11-25T10:00:00.000Z",
        publications: 0,
      },
    ],
  },
  catalogue: { publications: 1_234, names: 1_200 },
  downloads: {
    total: 1,
    rows: [{
      name: "lab\u0007.tar",
      id: "ab".repeat(32),
      size: 10_000_000,
      sources: { active: 1, total: 2 },
      complete: 4,
      holders: {
        total: 7,
        rows: [
          { user: "leia", device: "desk", bytes: 5_400_000, heardAt: "2026-11-27T12:00:00.000Z" },
          { user: "luke", bytes: 0, heardAt: "2026-11-27T12:00:00.000Z" },
        ],
      },
    }],
  },
  failedLogins: {
    total: 1,
    rows: [{
      time: "2026-11-27T11:58:00.000Z",
      user: "mallory",
      host: "192.0.2.66",
      reason: "wrong user or\npassword",
    }],
  },
  disk: { dataBytes: 4_200_000, freeBytes: 80_000_000_000, fault: "the disk is full" },
  load: {
    time: "2026-11-27T12:00:00.000Z",
    seconds: 12.5,
    requests: 400,
    failures: 3,
    dropped: 1_000,
    p50: 0.12,
    p99: 14.6,
    stall: 2.25,
    sessions: 1_002,
  },
};
