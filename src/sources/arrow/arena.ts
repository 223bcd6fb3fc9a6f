/**
 * Memory for the arrays of one window, given out piece by piece and used again for the window after next.
 *
 * Fresh buffers of this size are mapped, zeroed and unmapped by the system each time: reading into them is 3 to 5 times
 * slower than reading into old ones.
 */
export class Arena {
  #slab = new ArrayBuffer(0)
  #used = 0
  /** What did not fit since the last reset; the slab grows by it then. */
  #missed = 0

  /** Takes everything back: what `take` gave out before is overwritten from now on. */
  reset(): void {
    if (this.#missed > 0) this.#slab = new ArrayBuffer(roundUp((this.#used + this.#missed) * 1.125))
    this.#used = 0
    this.#missed = 0
  }

  /** `length` bytes of unspecified content, whose place in memory is `phase` modulo 8. */
  take(length: number, phase = 0): Uint8Array {
    const start = roundUp(this.#used) + phase
    if (start + length <= this.#slab.byteLength) {
      this.#used = start + length
      return new Uint8Array(this.#slab, start, length)
    }
    this.#missed += length + 16
    return new Uint8Array(new ArrayBuffer(length + phase), phase, length)
  }
}

function roundUp(length: number): number {
  return Math.ceil(length / 8) * 8
}
