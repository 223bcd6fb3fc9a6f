const PAGE = 65_536
/** Arrays begin on lines of the cache. */
const LINE = 64

/** Bytes beyond any array that kernels may read. */
const BEYOND = 64
/** The memory grows by at least this many pages at a time, if it can. */
const FEWEST_PAGES = 16

/** Room in a shared memory, given back when the array that views it is gone, or by `give`. */
export class Heap {
  private top = PAGE // address 0 is never given out
  /** Room given back, by its bytes. */
  private readonly free = new Map<number, number[]>()
  private readonly given = new FinalizationRegistry<{ offset: number; bytes: number }>(({ offset, bytes }) =>
    this.release(offset, bytes),
  )
  private readonly arrays = new WeakSet<ArrayBufferView>()
  /** The memory's buffers: it has another one each time it grows. */
  private readonly buffers = new WeakSet<ArrayBufferLike>()

  constructor(readonly memory: WebAssembly.Memory) {
    this.buffers.add(memory.buffer)
  }

  /** An array, all 0, over `bytes` bytes of the memory; undefined where that cannot grow so far. */
  take<T extends ArrayBufferView>(
    bytes: number,
    make: (buffer: SharedArrayBuffer, offset: number) => T,
  ): T | undefined {
    const rounded = roundUp(bytes)
    let offset = this.free.get(rounded)?.pop()
    if (offset === undefined) {
      if (!this.grow(this.top + rounded + BEYOND)) return undefined
      offset = this.top
      this.top += rounded
    } else new Uint8Array(this.memory.buffer, offset, rounded).fill(0)
    const array = make(this.memory.buffer, offset)
    this.given.register(array, { offset, bytes: rounded }, array)
    this.arrays.add(array)
    return array
  }

  /** Takes back at once the room of an array that `take` gave: neither it nor views of its memory may be used again. */
  give(array: ArrayBufferView): void {
    if (this.given.unregister(array)) this.release(array.byteOffset, roundUp(array.byteLength))
  }

  /** Whether an array lies in the memory. */
  has(array: ArrayBufferView): boolean {
    return this.arrays.has(array) || this.buffers.has(array.buffer) // to get a buffer takes 25 ns more
  }

  private release(offset: number, bytes: number): void {
    const free = this.free.get(bytes)
    if (free === undefined) this.free.set(bytes, [offset])
    else free.push(offset)
  }

  private grow(bytes: number): boolean {
    const pages = Math.ceil((bytes - this.memory.buffer.byteLength) / PAGE)
    return pages <= 0 || this.growBy(Math.max(pages, FEWEST_PAGES)) || this.growBy(pages)
  }

  private growBy(pages: number): boolean {
    try {
      this.memory.grow(pages)
      this.buffers.add(this.memory.buffer)
      return true
    } catch {
      return false
    }
  }
}

/** To whole lines, or to an eighth of the next power of two, so that rooms of like sizes serve one another. */
function roundUp(bytes: number): number {
  const step = Math.max(LINE, 2 ** (Math.ceil(Math.log2(Math.max(bytes, 1))) - 3))
  return Math.ceil(bytes / step) * step
}
