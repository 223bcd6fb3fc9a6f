import { bytes, give } from '../../kernels/kernels.js'

/**
 * Memory for the arrays of one window, given out piece by piece and used again for the window after next.
 *
 * Fresh buffers of this size are mapped, zeroed and unmapped by the system each time: reading into them is 3 to 5 times
 * slower than reading into old ones.
 */
export class Arena {
  readonly #allocate: (length: number) => Uint8Array
  #slab: Uint8Array = NOTHING
  #used = 0
  /** What did not fit since the last reset; the slab grows by it then. */
  #missed = 0

  /** @param allocate Where its memory comes from; the collector of garbage takes it back by default. */
  constructor(allocate = (length: number): Uint8Array => new Uint8Array(length)) {
    this.#allocate = allocate
  }

  /** Takes everything back: what `take` gave out before is overwritten from now on. */
  reset(): void {
    if (this.#missed > 0) {
      give(this.#slab)
      this.#slab = this.#allocate(roundUp((this.#used + this.#missed) * 1.125))
    }
    this.#used = 0
    this.#missed = 0
  }

  /** `length` bytes of unspecified content, whose place in memory is `phase` modulo 8. */
  take(length: number, phase = 0): Uint8Array {
    const start = roundUp(this.#used) + phase
    if (start + length <= this.#slab.length) {
      this.#used = start + length
      return new Uint8Array(this.#slab.buffer, this.#slab.byteOffset + start, length)
    }
    this.#missed += length + 16
    return new Uint8Array(new ArrayBuffer(length + phase), phase, length)
  }

  /** What it holds between two uses, in bytes. */
  get size(): number {
    return this.#slab.length
  }

  /** Gives its memory back, also what `take` gave out. */
  free(): void {
    give(this.#slab)
    this.#slab = NOTHING
  }
}

const NOTHING = new Uint8Array(0)

/** Larger slabs are left to the collector of garbage: the memory of kernels never shrinks. */
const LARGEST_REACHED = 64 * 2 ** 20

/** In the memory of kernels, which then need no copy of what was read. */
function reached(length: number): Uint8Array {
  return length <= LARGEST_REACHED ? bytes(length) : new Uint8Array(length)
}

function roundUp(length: number): number {
  return Math.ceil(length / 8) * 8
}

/**
 * Arenas that no read uses. Workers read files in many short pieces, and populations may have thousands of files: memory taken
 * again for each piece (9 MB) makes the collector of garbage run ten times a second, and kept with each file it grows with
 * their number.
 */
const idle: Arena[] = []
const MOST_IDLE = 4
const LARGEST_IDLE = 32 * 2 ** 20

/** An arena that nothing else uses, until it is given back. */
export function borrowArena(): Arena {
  return idle.pop() ?? new Arena(reached)
}

/** Gives back an arena whose arrays are no longer used. */
export function returnArena(arena: Arena): void {
  if (idle.length < MOST_IDLE && arena.size <= LARGEST_IDLE) idle.push(arena)
  else arena.free()
}
