/**
 * The thread that scans folders.
 *
 * @module
 */

import { serveScans } from "./scan_thread.ts";

serveScans();
