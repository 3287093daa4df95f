import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { invitationPage } from "../../../lib/server/accounts/invitation_page.ts";
import type { Invitation } from "../../../lib/protocol/invitation.ts";
import vectors from "../../protocol/vectors/invitations.json" with { type: "json" };

Deno.test({
  name: "a page has a code and a command for everybody, and no script",
  permissions: "none",
}, async () => {
  const [{ value, line }] = vectors.good as unknown as [{ value: Invitation; line: string }];
  const page = await invitationPage([value, { ...value, user: '<b onload="x">&' }]);
  assertEquals(page.match(/<svg /g)?.length, 2);
  assertStringIncludes(page, `<code>bittrickle-client join ${line}</code>`);
  assertStringIncludes(page, "&#60;b onload=&#34;x&#34;&#62;&#38;");
  assertStringIncludes(page, "default-src 'none'");
  assert(!page.includes("<b") && !page.includes("<script"));
});
