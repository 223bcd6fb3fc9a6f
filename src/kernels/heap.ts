const PAGE = 65_536
/** Arrays begin on lines of the cache. */
const LINE = 64

/** Room in a shared memory, given back when the array that views it is gone. */
export class Heap {
  private top = PAGE // address 0 is nobody's
  /** Room given back, by its bytes. */
  private readonly free = new Map<number, number[]>()
  private readonly given = new FinalizationRegistry<{ offset: number; bytes: number }>(
    ({ offset, bytes }) => {
      const free = this.free.get(bytes)
      if (free === undefined) this.free.set(bytes, [offset])
      else free.push(offset)
    },
  )
  private readonly arrays = new WeakSet<ArrayBufferView>()

  constructor(readonly memory: WebAssembly.Memory) {}

  /** An array, all 0, over `bytes` bytes of the memory; undefined where that cannot grow so far. */
  take<T extends ArrayBufferView>(
    bytes: number,
    make: (buffer: SharedArrayBuffer, offset: number) => T,
  ): T | undefined {
    const rounded = roundUp(bytes)
    let offset = this.free.get(rounded)?.pop()
    if (offset === undefined) {
      if (!this.grow(this.top + rounded)) return undefined
      offset = this.top
      this.top += rounded
    } else new Uint8Array(this.memory.buffer, offset, rounded).fill(0)
    const array = make(this.memory.buffer, offset)
    this.given.register(array, { offset, bytes: rounded })
    this.arrays.add(array)
    return array
  }

  has(array: ArrayBufferView): boolean {
    return this.arrays.has(array)
  }

  private grow(bytes: number): boolean {
    const pages = Math.ceil((bytes - this.memory.buffer.byteLength) / PAGE)
    if (pages <= 0) return true
    try {
      this.memory.grow(pages)
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
