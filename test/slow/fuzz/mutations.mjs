import { between, pick } from './random.mjs'

/** Numbers that lengths, counts and offsets are inflated to. */
const SIZES = [
  0,
  1,
  2,
  127,
  255,
  2 ** 15,
  2 ** 16 - 1,
  2 ** 20,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
]

/** Where to strike: headers and footers hold what readers trust, so half of the blows fall there. */
function place(random, length) {
  const edge = Math.min(length, 2048)
  const turn = random()
  if (turn < 0.25) return between(random, 0, edge - 1)
  if (turn < 0.5) return length - between(random, 1, edge)
  return between(random, 0, length - 1)
}

function span(random, length) {
  const start = place(random, length)
  return [start, Math.min(length, start + between(random, 1, pick(random, [4, 16, 64, 1024])))]
}

/** Each a way to damage bytes; some return others of another length. */
const WAYS = {
  flip(bytes, random) {
    for (let n = between(random, 1, 4); n > 0; n--) {
      bytes[place(random, bytes.length)] ^= 1 << between(random, 0, 7)
    }
    return bytes
  },
  set(bytes, random) {
    for (let n = between(random, 1, 3); n > 0; n--)
      bytes[place(random, bytes.length)] = between(random, 0, 255)
    return bytes
  },
  inflate(bytes, random) {
    const at = Math.max(
      0,
      Math.min(bytes.length - 8, place(random, bytes.length) & (random() < 0.5 ? ~3 : ~0)),
    )
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const size = pick(random, SIZES)
    if (at + 8 > bytes.length) return bytes
    if (random() < 0.3) view.setBigUint64(at, BigInt(size) << BigInt(pick(random, [0, 8, 31])), true)
    else view.setUint32(at, size, random() < 0.9)
    return bytes
  },
  /** A number that is there becomes a little larger or smaller. */
  nudge(bytes, random) {
    const at = Math.max(0, place(random, bytes.length) - 4)
    if (at + 4 > bytes.length) return bytes
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    view.setUint32(at, (view.getUint32(at, true) + between(random, -8, 8)) >>> 0, true)
    return bytes
  },
  truncate: (bytes, random) =>
    bytes.subarray(0, random() < 0.3 ? bytes.length - 1 : place(random, bytes.length)),
  behead: (bytes, random) => bytes.subarray(between(random, 1, Math.min(bytes.length, 64))),
  extend: (bytes, random) =>
    Buffer.concat([bytes, Buffer.alloc(between(random, 1, 300), random() < 0.5 ? 0 : 255)]),
  cut(bytes, random) {
    const [start, end] = span(random, bytes.length)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
  },
  repeat(bytes, random) {
    const [start, end] = span(random, bytes.length)
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
  },
  fill(bytes, random) {
    const [start, end] = span(random, bytes.length)
    bytes.fill(pick(random, [0, 255, 0x28, 0x7b]), start, end)
    return bytes
  },
  swap(bytes, random) {
    const [a, end] = span(random, bytes.length)
    const size = end - a
    const b = Math.min(bytes.length - size, place(random, bytes.length))
    if (b < 0) return bytes
    const kept = Buffer.from(bytes.subarray(a, end))
    bytes.copyWithin(a, b, b + size)
    bytes.set(kept, b)
    return bytes
  },
  /** The same bytes again and again, as nested structures have them. */
  nest(bytes, random) {
    const [start, end] = span(random, bytes.length)
    const piece = bytes.subarray(start, Math.min(end, start + 16))
    return Buffer.concat([
      bytes.subarray(0, start),
      ...Array(between(random, 50, 3000)).fill(piece),
      bytes.subarray(start),
    ])
  },
}
const NAMES = Object.keys(WAYS)

/** One or a few of the ways, one after the other; `other` is another valid file, for splices. */
export function mutate(original, other, random) {
  const ways = []
  let bytes = Buffer.from(original)
  for (let n = random() < 0.7 ? 1 : between(random, 2, 4); n > 0 && bytes.length > 0; n--) {
    if (random() < 0.03) {
      ways.push('splice')
      const at = place(random, bytes.length)
      bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))])
      continue
    }
    const name = pick(random, NAMES)
    ways.push(name)
    bytes = Buffer.from(WAYS[name](bytes, random))
  }
  return { bytes, ways }
}
