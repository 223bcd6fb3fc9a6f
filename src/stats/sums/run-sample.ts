import type { Arrays } from '../../core/types.js'

/** A sequence with its attributed runs, as a sample keeps it. */
export interface SampledRuns {
  /** What orders the sample: a whole number below 2^53, evenly spread (a hash of the id). */
  readonly key: number
  readonly group: number
  readonly length: number
  /** Base codes 0 to 4, three in a byte. */
  readonly packed: Uint8Array
  /** Starts and ends of the runs, half-open, in turn. */
  readonly runs: Uint32Array
}

/** Records of a sample, if the longest of them takes no more than its share of the memory. */
export const SAMPLE_RECORDS = 4096
/** A record takes at most about a byte a base: a third of one for the base, and 8 bytes for each run. */
const MOST_BYTES = 32 * 2 ** 20

/** How many records a sample may have: the power of two, at most 4,096, of which as many as the longest fit in 32 MB. */
function sampleCapacity(longest: number): number {
  let capacity = SAMPLE_RECORDS
  while (capacity > 1 && capacity * longest > MOST_BYTES) capacity /= 2
  return capacity
}

/**
 * The records with the smallest keys, whatever the order and the split (bottom-k sample). Their number falls with the longest
 * record met, so that memory is bounded.
 */
export class RunSample {
  private kept: SampledRuns[] = []
  private longest = 0
  /** Keys above this are not kept; it only ever falls. */
  private limit = Number.POSITIVE_INFINITY

  /** Whether a record of this key and length has to be added; notes the length either way. */
  wants(key: number, length: number): boolean {
    if (length > this.longest) this.longest = length
    return key <= this.limit
  }

  add(record: SampledRuns): void {
    this.kept.push(record)
    if (this.kept.length >= 2 * sampleCapacity(this.longest)) this.trim()
  }

  merge(other: RunSample): void {
    this.longest = Math.max(this.longest, other.longest)
    for (const record of other.kept) if (record.key <= this.limit) this.kept.push(record)
    this.trim()
  }

  /** The records of the sample, by their keys. */
  records(): readonly SampledRuns[] {
    this.trim()
    return this.kept
  }

  save(): Arrays {
    const records = this.records()
    return {
      longest: Uint32Array.of(this.longest),
      keys: Float64Array.from(records, ({ key }) => key),
      groups: Uint8Array.from(records, ({ group }) => group),
      lengths: Uint32Array.from(records, ({ length }) => length),
      counts: Uint32Array.from(records, ({ runs }) => runs.length),
      packed: joined(
        records.map(({ packed }) => packed),
        size => new Uint8Array(size),
      ),
      runs: joined(
        records.map(({ runs }) => runs),
        size => new Uint32Array(size),
      ),
    }
  }

  static load({ longest, keys, groups, lengths, counts, packed, runs }: Arrays): RunSample {
    const sample = new RunSample()
    sample.longest = longest[0]
    let bases = 0
    let spans = 0
    for (let i = 0; i < keys.length; i++) {
      const [start, from] = [bases, spans]
      bases += packedLength(lengths[i])
      spans += counts[i]
      sample.kept.push({
        key: keys[i],
        group: groups[i],
        length: lengths[i],
        packed: Uint8Array.from(packed.subarray(start, bases)),
        runs: Uint32Array.from(runs.subarray(from, spans)),
      })
    }
    if (bases !== packed.length || spans !== runs.length)
      throw new RangeError('saved sample has other lengths')
    return sample
  }

  private trim(): void {
    const capacity = sampleCapacity(this.longest)
    this.kept.sort(inOrder)
    if (this.kept.length < capacity) return
    this.kept.length = capacity
    this.limit = this.kept[capacity - 1].key
  }
}

/** By key; records of one id by what they hold, so that no order of reading shows. */
function inOrder(a: SampledRuns, b: SampledRuns): number {
  return a.key - b.key || a.length - b.length || compare(a.packed, b.packed) || compare(a.runs, b.runs)
}

function compare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

function joined<T extends Uint8Array | Uint32Array>(parts: readonly T[], make: (size: number) => T): T {
  const whole = make(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function packedLength(length: number): number {
  return Math.ceil(length / 3)
}

/** Base codes 0 to 4, three in a byte. */
export function packBases(sequence: Uint8Array): Uint8Array {
  const { length } = sequence
  const packed = new Uint8Array(packedLength(length))
  const whole = length - 2
  let i = 0
  let at = 0
  for (; i < whole; i += 3) packed[at++] = sequence[i] + 5 * sequence[i + 1] + 25 * sequence[i + 2]
  if (i < length) packed[at] = sequence[i] + (i + 1 < length ? 5 * sequence[i + 1] : 0)
  return packed
}

/** The other way round, into the first `length` of `bases`. */
export function unpackBases(packed: Uint8Array, length: number, bases: Uint8Array): void {
  for (let i = 0, at = 0; i < length; i += 3, at++) {
    const three = 4 * packed[at]
    bases[i] = THREES[three]
    if (i + 1 < length) bases[i + 1] = THREES[three + 1]
    if (i + 2 < length) bases[i + 2] = THREES[three + 2]
  }
}

/** The three codes of a byte, four bytes apart. */
const THREES = Uint8Array.from({ length: 4 * 125 }, (_, i) => Math.floor((i >> 2) / 5 ** (i & 3)) % 5)
