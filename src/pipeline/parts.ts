import type { IdDigest } from '../accumulators/id-digest.js'
import { DataError } from '../core/errors.js'
import type { Checkpoint, CoveredInput } from '../engine/checkpoints/checkpoint.js'
import { describeRanges, overlap, union } from '../engine/checkpoints/ranges.js'

/** One of the folds that a state is the sum of: what it is distinguished by. */
export interface StatePart {
  /** As it was named; null without a name. */
  readonly name: string | null
  /** Digest of the ids of its good records; null where it has none. */
  readonly digest: string | null
  readonly records: number
}

/** A part with its number of records, bad ones included, whose models have these digests. */
export function partOf(name: string | undefined, digests: readonly IdDigest[], records: number): StatePart {
  let count = 0
  const lanes = [0, 0, 0, 0]
  for (const { count: ids, digest } of digests) {
    count += ids
    for (let i = 0; i < lanes.length; i++) {
      lanes[i] = (lanes[i] + Number.parseInt(digest.slice(8 * i, 8 * i + 8), 16)) >>> 0
    }
  }
  const digest = lanes.map(lane => lane.toString(16).padStart(8, '0')).join('')
  return { name: name ?? null, digest: count === 0 ? null : `${digest}-${count}`, records }
}

/** What leads the row numbers of a part that has no ids: those of two parts must differ. */
export function partPrefix(name: string | undefined): string {
  return name === undefined ? '' : `${name}:`
}

/** What a state of one part covers: of a pipe, whose batches are not numbered, nothing. */
export function savedInputs(inputs: readonly CoveredInput[]): CoveredInput[] {
  return inputs.map(input => (input.batchCount === 0 ? { ...input, covered: [] } : input))
}

/** The parts that a state is the sum of. */
export function partsOf(state: Checkpoint): readonly StatePart[] {
  const { parts } = (state.notes ?? {}) as { readonly parts?: readonly StatePart[] }
  return parts ?? [{ name: null, digest: null, records: state.records }]
}

/** The parts of a sum as they come, none of them twice. */
export class StateParts {
  private readonly names = new Map<string, string>()
  private readonly digests = new Map<string, string>()
  private readonly list: StatePart[] = []
  private readonly inputs = new Map<string, CoveredInput>()

  /** Errors: `overlap`, for a name, ids or batches that are in already. */
  add(state: Checkpoint, file: string): void {
    for (const part of partsOf(state)) {
      const { name, digest } = part
      const before = name === null ? undefined : this.names.get(name)
      if (before !== undefined) throw twice(`part ${name}`, before, file)
      const same = digest === null ? undefined : this.digests.get(digest)
      if (same !== undefined) {
        throw twice(
          `a part of ${part.records} records with the ids of one that is in already`,
          same,
          file,
          '; if they are other records, give them ids of their own, or give the parts (--part)',
        )
      }
      if (name !== null) this.names.set(name, file)
      if (digest !== null) this.digests.set(digest, file)
      this.list.push(part)
    }
    for (const input of state.inputs) {
      const key = `${input.fingerprint} ${input.name}`
      const other = this.inputs.get(key)
      const both = other === undefined ? [] : overlap(other.covered, input.covered)
      if (both.length > 0) throw twice(`batches ${describeRanges(both)} of ${input.name}`, undefined, file)
      const covered = union(other?.covered ?? [], input.covered)
      if (input.batchCount > 0) this.inputs.set(key, { ...input, covered })
    }
  }

  get count(): number {
    return this.list.length
  }

  /** In an order that does not depend on that of the states. */
  sorted(): StatePart[] {
    const key = ({ name, digest, records }: StatePart) => `${name ?? ''}\u0000${digest ?? ''}\u0000${records}`
    return this.list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  /** What of the inputs is covered, in the same order. */
  covered(): CoveredInput[] {
    const key = ({ name, fingerprint }: CoveredInput) => `${name}\u0000${fingerprint}`
    return [...this.inputs.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  }
}

function twice(what: string, before: string | undefined, file: string, more = ''): DataError {
  const where = before === undefined ? 'in another state' : `in ${before}`
  return new DataError('overlap', `holds ${what}, counted ${where} too; leave one of them out${more}`, {
    file,
  })
}
