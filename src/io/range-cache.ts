/** Fetches bytes `start` to `start + length`, neither more nor fewer. */
export type FetchRange = (start: number, length: number) => Promise<Uint8Array>

/** Asked for at least: a page header and its page, or a footer, are then one request. */
const LEAST = 2 ** 18
/** Asked for at most beyond what is needed, where reading goes on from one request to the next. */
const MOST_AHEAD = 2 ** 23
/** Kept for later reads. */
const KEPT = 2 ** 25
/** A read so little behind the end of another goes on from it. */
const GAP = 2 ** 16

interface Extent {
  readonly start: number
  readonly end: number
  /** How much to ask for where reading goes on from its end. */
  readonly ahead: number
  readonly bytes: Promise<Uint8Array>
}

/**
 * Few large requests instead of many small ones: what is fetched is kept (32 MiB of it), neighbouring reads share a
 * request, and where reading goes on from the end of one the next is twice as large, up to 8 MiB ahead. Several places
 * can be read on from at once, as the columns of a row group are.
 */
export class RangeCache {
  private extents: Extent[] = []

  constructor(
    private readonly size: number,
    private readonly fetch: FetchRange,
  ) {}

  /** Fills `into` from `position` on, all of which must lie within the size. */
  async read(into: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < into.length; ) {
      const at = position + done
      const extent = this.covering(at) ?? this.ask(at, into.length - done)
      const bytes = await extent.bytes
      const piece = bytes.subarray(at - extent.start, at - extent.start + into.length - done)
      into.set(piece, done)
      done += piece.length
    }
  }

  private covering(at: number): Extent | undefined {
    const i = this.extents.findIndex(({ start, end }) => start <= at && at < end)
    if (i < 0) return undefined
    const [extent] = this.extents.splice(i, 1)
    this.extents.push(extent)
    return extent
  }

  private ask(at: number, needed: number): Extent {
    const before = this.extents.find(({ end }) => end <= at && at - end <= GAP)
    const ahead = before === undefined ? 0 : Math.min(MOST_AHEAD, Math.max(LEAST, 2 * before.ahead))
    let end = Math.min(this.size, at + Math.max(LEAST, needed + ahead))
    for (const { start } of this.extents) if (start > at && start < end) end = start
    const bytes = this.fetch(at, end - at)
    const extent = { start: at, end, ahead: Math.max(ahead, LEAST), bytes }
    this.extents.push(extent)
    // What failed is not kept: the next reader asks again.
    bytes.catch(() => {
      this.extents = this.extents.filter(other => other !== extent)
    })
    this.forget()
    return extent
  }

  private forget(): void {
    let kept = 0
    this.extents = this.extents
      .toReversed()
      .filter(({ start, end }, i) => {
        kept += end - start
        return i === 0 || kept <= KEPT
      })
      .toReversed()
  }
}
