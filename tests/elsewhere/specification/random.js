// The random streams of the specification, section "Random numbers".

const MASK = (1n << 64n) - 1n;
const GOLDEN = 0x9e3779b97f4a7c15n;

const rotateLeft = (value, bits) => ((value << bits) | (value >> (64n - bits))) & MASK;

/** The stream's number for a name: FNV-1a of 64 bits. */
export function hash(name) {
  let value = 0xcbf29ce484222325n;
  for (const character of name) {
    value = ((value ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n) & MASK;
  }
  return value;
}

export class Random {
  #s;

  /** @param {...(bigint|number)} seeds whole numbers; a negative one counts modulo 2^64 */
  constructor(...seeds) {
    let state = GOLDEN;
    const mix = () => {
      state = (state + GOLDEN) & MASK;
      let z = state;
      z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
      z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
      return z ^ (z >> 31n);
    };
    for (const seed of seeds) {
      state = mix() ^ BigInt.asUintN(64, BigInt(seed));
    }
    this.#s = [mix(), mix(), mix(), mix()];
  }

  next() {
    const s = this.#s;
    const result = (rotateLeft((s[1] * 5n) & MASK, 7n) * 9n) & MASK;
    const t = (s[1] << 17n) & MASK;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 45n);
    return result;
  }

  /** Uniform in [0, 1). */
  real() {
    return Number(this.next() >> 11n) * 2 ** -53;
  }

  /** Uniform in [low, high). */
  between(low, high) {
    return low + (high - low) * this.real();
  }

  /** A whole number from 0 to count - 1. */
  below(count) {
    return Number((this.next() * BigInt(count)) >> 64n);
  }

  /** Shuffles an array in place and returns it. */
  shuffle(items) {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}
