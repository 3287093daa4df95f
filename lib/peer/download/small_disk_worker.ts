/**
 * The thread that looks for small files and writes them.
 *
 * @module
 */

import { serveBatches } from "../../async/batch_server.ts";
import { workOnSmallFiles } from "./small_disk.ts";

serveBatches(workOnSmallFiles);
