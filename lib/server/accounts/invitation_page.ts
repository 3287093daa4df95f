/**
 * Invitations on a page to be printed and cut.
 *
 * @module
 */

import { formatAddresses } from "../../protocol/address.ts";
import { formatInvitation, type Invitation } from "../../protocol/invitation.ts";

/** Nothing of the page is fetched from elsewhere, and no script runs in it. */
const HEAD = `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>BitTrickle: invitations</title>
<style>
section { border: 1px dashed; padding: 1em; margin: 1em 0; break-inside: avoid; font-family: sans-serif }
svg { width: 5cm; height: 5cm; float: right }
code { word-break: break-all }
section::after { content: ""; display: block; clear: both }
</style>
`;

/** A page of HTML with a part for each of `invitations`. */
export async function invitationPage(invitations: readonly Invitation[]): Promise<string> {
  const { renderSVG } = await import("uqr");
  const sections = invitations.map((invitation) => {
    const line = formatInvitation(invitation);
    const end = new Date(invitation.expires * 1_000).toISOString().slice(0, 10);
    return `<section>
${renderSVG(line)}
<h2>${escapeHtml(invitation.user)}</h2>
<p>Index: ${escapeHtml(formatAddresses(invitation.index))}, good for one use until ${end}</p>
<p><code>bittrickle-client join ${escapeHtml(line)}</code></p>
</section>
`;
  });
  return HEAD + sections.join("");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
