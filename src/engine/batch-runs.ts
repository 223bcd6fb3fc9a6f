import type { BatchSize, Range } from '../core/types.js'

/** Consecutive batches of one size. */
interface Run extends BatchSize {
  readonly times: number
  /** Batches, rows and bytes of all runs before. */
  readonly before: { readonly batches: number; readonly rows: number; readonly bytes: number }
}

/** What a run of batches holds. */
export interface Held {
  readonly batches: number
  readonly rows: number
  readonly bytes: number
}

/**
 * The sizes of batches, run-length encoded: a plan's memory goes by the length of its text, whatever numbers are in it.
 */
export class BatchRuns implements Iterable<BatchSize> {
  /** How many batches there are. */
  readonly length: number
  private readonly all: Held

  private constructor(private readonly list: readonly Run[]) {
    this.all = afterRun(list.at(-1))
    this.length = this.all.batches
  }

  static of(batches: Iterable<BatchSize>): BatchRuns {
    if (batches instanceof BatchRuns) return batches
    const runs: [number, number, number][] = []
    for (const { rows, bytes } of batches) {
      const last = runs.at(-1)
      if (last?.[0] === rows && last[1] === bytes) last[2]++
      else runs.push([rows, bytes, 1])
    }
    return BatchRuns.decode(runs)
  }

  /** From rows, bytes and times of each run. Throws a plain Error for numbers that no batches have. */
  static decode(runs: unknown): BatchRuns {
    const list: Run[] = []
    for (const run of runs as readonly (readonly [number, number, number])[]) {
      const [rows, bytes, times] = run
      const before = afterRun(list.at(-1))
      const next = { rows, bytes, times, before }
      if (run.length !== 3 || ![rows, bytes, times, ...Object.values(afterRun(next))].every(isWhole)) {
        throw new Error('batches that cannot be')
      }
      if (times > 0) list.push(next)
    }
    return new BatchRuns(list)
  }

  /** Rows, bytes and times of each run. */
  encode(): [rows: number, bytes: number, times: number][] {
    return this.list.map(({ rows, bytes, times }) => [rows, bytes, times])
  }

  /** What the batches of a range hold; all of them where none is given. */
  held({ start, end }: Range = { start: 0, end: this.length }): Held {
    const [a, b] = [this.upTo(start), this.upTo(end)]
    return { batches: b.batches - a.batches, rows: b.rows - a.rows, bytes: b.bytes - a.bytes }
  }

  /**
   * The first batch for which `is` holds, as it does for all later ones; `length` where it does for none.
   *
   * @param is Whether it holds for a batch, given its bytes and the number and bytes of the batches before it.
   */
  firstWhere(is: (bytes: number, batches: number, bytesBefore: number) => boolean): number {
    for (const { bytes, times, before } of this.list) {
      const holds = (i: number) => is(bytes, before.batches + i, before.bytes + i * bytes)
      if (!holds(times - 1)) continue
      let low = 0
      let high = times - 1
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if (holds(middle)) high = middle
        else low = middle + 1
      }
      return before.batches + low
    }
    return this.length
  }

  *[Symbol.iterator](): Iterator<BatchSize> {
    for (const { rows, bytes, times } of this.list) for (let i = 0; i < times; i++) yield { rows, bytes }
  }

  private upTo(batch: number): Held {
    const run = this.list.findLast(({ before }) => before.batches <= batch)
    if (run === undefined) return NOTHING
    return afterRun({ ...run, times: Math.min(run.times, batch - run.before.batches) })
  }
}

const NOTHING: Held = { batches: 0, rows: 0, bytes: 0 }

function afterRun(run: Run | undefined): Held {
  if (run === undefined) return NOTHING
  const { rows, bytes, times, before } = run
  return {
    batches: before.batches + times,
    rows: before.rows + rows * times,
    bytes: before.bytes + bytes * times,
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
