/**
 * Patterns of names, as in a shell: `*` and `?` stand for characters other than `/`, `[a-c]` for one of
 * those, `[!a-c]` for any other, and a part `**` for folders below each other, none or many. At its
 * end `**` stands for all that is below. A backslash takes the meaning of what follows it.
 *
 * @module
 */

/** Stands for any number of what it stands between: characters of a part, or parts. */
const STAR = Symbol("star");

/** What one character has to be. */
type Test = (character: string) => boolean;
/** A character stands for itself. */
type Token = string | Test | typeof STAR;
type Part = readonly Token[];

/** A class of characters at the beginning of a text; a `]` that comes first is one of them. */
const CLASS = /^\[(!|\^)?(\]?[^\]]*)\]/;

/** A backslash before what could mean more than itself. */
const ESCAPED = /\\([*?[\]\\])/g;
const ESCAPED_FIRST = new RegExp(`^${ESCAPED.source}`);

/** Whether `text` means more than itself. */
export function isPattern(text: string): boolean {
  return partsOf(text).some((part) =>
    part === STAR || part.some((token) => typeof token !== "string")
  );
}

/** What `text` is without backslashes before what would mean more than itself. */
export function literalOf(text: string): string {
  return text.replace(ESCAPED, "$1");
}

/** The pattern that stands for `text` alone: {@linkcode literalOf} makes `text` of it again. */
export function escapePattern(text: string): string {
  return text.replace(/[*?[\]\\]/g, "\\$&");
}

/** A pattern, read. */
export class Glob {
  readonly #parts: readonly (Part | typeof STAR)[];
  readonly #isAnyCase: boolean;
  /** What every name that matches holds, in its order. */
  readonly literals: readonly string[];

  /** @param isAnyCase Whether letters match in any case */
  constructor(pattern: string, isAnyCase = false) {
    const parts = partsOf(isAnyCase ? pattern.toLowerCase() : pattern);
    // What is below a folder is not the folder.
    this.#parts = parts.at(-1) === STAR ? [...parts, [STAR]] : parts;
    this.#isAnyCase = isAnyCase;
    this.literals = partsOf(pattern).flatMap((part) => part === STAR ? [] : literalsOf(part));
  }

  /** Whether it stands for `name`. */
  matches(name: string): boolean {
    const text = this.#isAnyCase ? name.toLowerCase() : name;
    return match(this.#parts, text.split("/"), (part, text) => match(part, [...text], isRight));
  }

  /** Whether it may stand for something below `folder`. */
  reachesBelow(folder: string): boolean {
    const text = this.#isAnyCase ? folder.toLowerCase() : folder;
    for (const [i, segment] of text.split("/").entries()) {
      const part = this.#parts[i];
      if (part === STAR) return true;
      if (part === undefined || !match(part, [...segment], isRight)) return false;
    }
    return text.split("/").length < this.#parts.length;
  }
}

/**
 * Whether `items` are what `tokens` say. It goes back to the last star only, so that it takes at most as
 * many steps as there are pairs of them, whatever others call their files.
 */
function match<P, T>(
  tokens: readonly (P | typeof STAR)[],
  items: readonly T[],
  fits: (token: P, item: T) => boolean,
): boolean {
  let [token, item, star, resumed] = [0, 0, -1, 0];
  while (item < items.length) {
    const it = tokens[token];
    if (it === STAR) [star, resumed, token] = [token, item, token + 1];
    else if (it !== undefined && fits(it, items[item]!)) [token, item] = [token + 1, item + 1];
    else if (star >= 0) [token, item, resumed] = [star + 1, resumed + 1, resumed + 1];
    else return false;
  }
  return tokens.slice(token).every((it) => it === STAR);
}

function isRight(token: string | Test, character: string): boolean {
  return typeof token === "string" ? token === character : token(character);
}

function partsOf(pattern: string): (Part | typeof STAR)[] {
  return pattern.split("/").map((part) => part === "**" ? STAR : partOf(part));
}

function partOf(text: string): Part {
  const part: Token[] = [];
  for (let rest = text; rest !== "";) {
    const [token, length] = tokenOf(rest);
    part.push(token);
    rest = rest.slice(length);
  }
  return part;
}

/** The first token of `text`, and how long it is. */
function tokenOf(text: string): [Token, number] {
  const [first = ""] = text;
  if (first === "*") return [STAR, 1];
  if (first === "?") return [() => true, 1];
  const [whole, not, members = ""] = CLASS.exec(text) ?? [];
  if (whole !== undefined && members !== "") {
    return [classOf(members, not !== undefined), whole.length];
  }
  const [escape, plain] = ESCAPED_FIRST.exec(text) ?? [];
  return plain === undefined ? [first, first.length] : [plain, escape!.length];
}

/** One of `members`, among which `a-c` is a range; or none of them. */
function classOf(members: string, isOther: boolean): Test {
  const characters = [...members];
  const ranges: [string, string][] = [];
  while (characters.length > 0) {
    const first = characters.shift()!;
    const isRange = characters[0] === "-" && characters.length > 1;
    ranges.push([first, isRange ? characters.splice(0, 2)[1]! : first]);
  }
  const isMember = (it: string) => ranges.some(([first, last]) => first <= it && it <= last);
  return (character) => isMember(character) !== isOther;
}

/** The stretches of `part` that stand for themselves. */
function literalsOf(part: Part): string[] {
  const stretches = [""];
  for (const token of part) {
    if (typeof token === "string") stretches.push(stretches.pop() + token);
    else stretches.push("");
  }
  return stretches.filter((text) => text !== "");
}
