// What an address may set: shared settings within the limits of rbmlib.demos.traits.

const LONGEST = 20_000; // letters of a state; a page writes less than 3000
const SHOWN = 3; // refusals in a sentence
const WORDS = 40; // letters of a value in it

const isNumber = (x, { min, max, whole, digits }) =>
  typeof x === "number" &&
  x >= min &&
  x <= max &&
  (!whole || Number.isInteger(x)) &&
  (digits === undefined || Number(x.toFixed(digits)) === x);

const haveShape = (x, limits, [size, ...rest]) =>
  Array.isArray(x) &&
  x.length === size &&
  x.every((y) => (rest.length ? haveShape(y, limits, rest) : isNumber(y, limits)));

const isBits = (x, size) =>
  typeof x === "string" && x.length === size && /^[01]*$/.test(x);

const FITS = {
  flag: (x) => typeof x === "boolean",
  choice: (x, { options }) => options.includes(x),
  digits: (x, { size }) => isBits(x, size),
  number: isNumber,
  numbers: (x, limits) => haveShape(x, limits, limits.shape),
};

export const fits = (x, limits) => FITS[limits.kind](x, limits);

const short = (text) => (text.length > WORDS ? `${text.slice(0, WORDS)}…` : text);

function expected({ kind, min, max, whole, digits, shape, options, size }) {
  if (kind === "flag") return "true or false";
  if (kind === "choice") return `one of ${short(options.join(", "))}`;
  if (kind === "digits") return `${size} digits 0 or 1`;
  const range = `${whole ? "whole " : ""}number from ${min} to ${max}`;
  if (kind === "numbers") return `${shape.join(" × ")} times a ${range}`;
  return `a ${range}${digits ? ` with ${digits} decimals` : ""}`;
}

// The settings in the text of a state, and a sentence about what else is in it. A
// setting may always be what it is on this page, `own`.
export function readState(coded, shared, own) {
  const { text, state } = parse(coded) ?? {};
  if (!text) return { refusal: "The state in the link cannot be read." };
  const taken = [];
  const refused = [];
  for (const entry of Object.entries(state)) {
    (isTaken(entry, text, shared, own) ? taken : refused).push(entry);
  }
  return { state: Object.fromEntries(taken), refusal: sentence(refused, shared) };
}

// The object that a text stands for, or null.
function parse(coded) {
  try {
    const text = coded.length > LONGEST ? "" : decodeURIComponent(coded);
    const state = JSON.parse(text);
    return state && Object.getPrototypeOf(state) === Object.prototype
      ? { text, state }
      : null;
  } catch {
    return null; // cut short by a mailer
  }
}

function isTaken([name, value], text, shared, own) {
  if (!Object.hasOwn(shared, name)) return false;
  if (text.split(`"${name}":`).length > 2) return false; // which of both is meant?
  const isOwn = JSON.stringify(value) === JSON.stringify(own[name]);
  return isOwn || fits(value, shared[name]);
}

function sentence(refused, shared) {
  if (refused.length === 0) return "";
  const parts = refused.slice(0, SHOWN).map(([name, value]) => {
    const known = Object.hasOwn(shared, name);
    const reason = known ? `expected: ${expected(shared[name])}` : "no setting here";
    return `${short(name)} = ${short(JSON.stringify(value))} (${reason})`;
  });
  const more = refused.length - parts.length;
  if (more > 0) parts.push(`${more} more`);
  return `Ignored in the link: ${parts.join("; ")}.`;
}
