import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BODY_BYTES, cookieIn, parseHead } from "../../../lib/server/http/request.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "a request says what, of what, and how", ...PURE }, () => {
  const head = parseHead("GET /a%2Fb?q=x+y&q=z HTTP/1.1\r\nHost:  here \r\nAccept: a\r\naccept: b");
  assert(!("status" in head));
  assertEquals([head.method, head.path, head.query.get("q")], ["GET", "/a%2Fb", "x y"]);
  assertEquals([...head.fields], [["host", "here"], ["accept", "a, b"]]);
});

Deno.test({ name: "cookies are told apart by their whole names", ...PURE }, () => {
  const fields = new Map([["cookie", "a=1; ba=2; b=3==; c=4; c=5"]]);
  assertEquals(["a", "b", "c", "d"].map((name) => cookieIn({ fields }, name)), [
    ...["1", "3==", undefined, undefined],
  ]);
});

Deno.test({ name: "whatever is sent is a request or refused", ...PURE }, () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "GET / HTTP/1.1",
      "POST",
      " ",
      "\r\n",
      "\n",
      ":",
      "Content-Length: ",
      "Host: a",
    ),
  );
  fc.assert(fc.property(fc.array(part), (parts) => {
    const head = parseHead(parts.join(""));
    if ("status" in head) return head.status >= 400;
    return head.path.startsWith("/") && head.bodyBytes >= 0 && head.bodyBytes <= BODY_BYTES &&
      [...head.fields.values()].every((value) => !/[\r\n\0]/.test(value));
  }));
});

Deno.test({ name: "a field comes out as it went in", ...PURE }, () => {
  const value = fc.stringMatching(/^[!-~](?:[ -~]*[!-~])?$/);
  fc.assert(fc.property(value, (value) => {
    const head = parseHead(`GET / HTTP/1.1\r\nX-Some: ${value}`);
    return !("status" in head) && head.fields.get("x-some") === value;
  }));
});
