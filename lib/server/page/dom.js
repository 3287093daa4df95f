/**
 * Putting texts onto the page. Every text is somebody's: it becomes text and nothing else.
 */

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const BYTE_UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** The element with that id. */
export function at(id) {
  return document.getElementById(id);
}

/** `text`, in which what would not be seen, or would turn around the rest, is shown by its number. */
export function shown(text) {
  return text.replace(UNPRINTABLE, (it) => `\\u{${it.codePointAt(0).toString(16)}}`);
}

/** A new element with a class and children: elements, or texts. */
export function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** The same for what somebody has named: its direction does not reach what stands beside it. */
export function named(text, className = "") {
  return make("bdi", className, shown(text));
}

/** Shows `text`, unless it is shown already: what changes is read aloud, and selections stay. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes the children of `parent` those of `items`, and keeps those that are there. */
export function keep(parent, items, keyOf, create, update = () => {}) {
  const before = new Map([...parent.children].map((it) => [it.dataset.key, it]));
  const counts = new Map();
  const wanted = items.map((item) => {
    // Items may have one key: two devices of a user that have no names.
    const count = counts.get(keyOf(item)) ?? 0;
    counts.set(keyOf(item), count + 1);
    const key = `${count} ${keyOf(item)}`;
    const element = before.get(key) ?? create(item);
    before.delete(key);
    element.dataset.key = key;
    update(element, item);
    return element;
  });
  for (const element of before.values()) element.remove();
  wanted.forEach((element, i) => {
    if (parent.children[i] !== element) parent.insertBefore(element, parent.children[i] ?? null);
  });
}

/** Shows rows of a table; each is a list of cells: texts, elements, `{ number }`, or `{ fixed }`. */
export function fillTable(body, rows) {
  const keyed = rows.map((cells, i) => ({ cells, key: `${i} ${cells.map(textOf).join("\t")}` }));
  keep(body, keyed, ({ key }) => key, ({ cells }) => make("tr", "", ...cells.map(cellOf)));
}

/** Shows facts: pairs of a name and a text. */
export function fillFacts(list, facts) {
  const create = ([name]) => make("div", "", make("dt", "", name), make("dd"));
  keep(list, facts, ([name]) => name, create, (row, [, text]) => say(row.lastChild, text));
}

function textOf(cell) {
  return cell.number ?? cell.fixed ?? cell.textContent ?? cell;
}

/** What is fixed stays on one line. */
function cellOf(cell) {
  if (cell.number !== undefined) return make("td", "number", cell.number);
  return cell.fixed === undefined ? make("td", "", cell) : make("td", "fixed", cell.fixed);
}

/** A number of bytes. */
export function bytes(count) {
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** A number, with its thousands apart. */
export function count(value) {
  return value.toLocaleString("en");
}

/** The time of a clock on the wall; of another day with its date. */
export function clock(iso) {
  const time = new Date(iso);
  const options = time.toDateString() === new Date().toDateString() ? {} : { dateStyle: "medium" };
  const element = make(
    "time",
    "",
    time.toLocaleString(undefined, { timeStyle: "short", ...options }),
  );
  element.dateTime = iso;
  return element;
}

/** How long a number of seconds is, roughly. */
export function duration(seconds) {
  const units = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
  const [name, size] = units.find(([, size]) => seconds >= size) ?? ["second", 1];
  const whole = Math.max(0, Math.floor(seconds / size));
  return `${whole} ${name}${whole === 1 ? "" : "s"}`;
}
