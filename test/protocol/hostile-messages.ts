import { SeededRandom } from "../rtp/support/seeded-random.ts";

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  "\u0000",
  "💣".repeat(50),
  "__proto__",
  [],
  [[]],
  {},
  { toString: 1 },
  "A".repeat(5_000),
];

/**
 * Messages as an attacker or a broken client may send them, the same in every run: random text, valid messages with
 * characters changed, cut off or repeated, and valid JSON with values of the wrong type in every place.
 */
export function* hostileMessages(valid: readonly object[], count: number): Generator<string> {
  const random = new SeededRandom(42);
  for (let index = 0; index < count; index += 1) {
    const text = JSON.stringify(random.pick(valid));
    switch (index % 4) {
      case 0:
        yield new TextDecoder("latin1").decode(random.bytes(random.integer(0, 200)));
        break;
      case 1:
        yield damage(text, random);
        break;
      case 2:
        yield JSON.stringify(replaceSomewhere(JSON.parse(text), random));
        break;
      default:
        yield random.pick([
          text.slice(0, random.integer(0, text.length)),
          text + text,
          "[".repeat(20_000),
          `[${text}]`,
        ]);
    }
  }
}

function damage(text: string, random: SeededRandom): string {
  const at = random.integer(0, text.length - 1);
  return text.slice(0, at) + String.fromCharCode(random.integer(0, 0xffff)) + text.slice(at + random.integer(0, 3));
}

/** The value with one part of it, at any depth, replaced by an odd one. */
function replaceSomewhere(value: unknown, random: SeededRandom): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.15)) return random.pick(ODD_VALUES);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(ODD_VALUES);
  const chosen = random.pick(keys);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === chosen ? replaceSomewhere(part, random) : part]),
  );
}
