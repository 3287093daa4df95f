/**
 * The walks of the documentation for an office, and for who comes from the original, typed line by line into real terminals.
 *
 * @module
 */

import { testWalks } from "../../support/page_walk.ts";
import { WALKS } from "../../support/walked_pages.ts";

testWalks(WALKS.office);
