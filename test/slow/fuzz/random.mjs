/** Random numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number in [low, high]. */
export function between(random, low, high) {
  return low + Math.floor(random() * (high - low + 1))
}

export function pick(random, items) {
  return items[Math.floor(random() * items.length)]
}
