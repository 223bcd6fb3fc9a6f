import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

/** Larger reads are left to another thread, while this one computes. */
const LARGEST_AT_ONCE = 2 ** 19
/** A read that takes longer, in ms, did wait for a disk or a network. */
const QUICK_MS = 0.5
/** Then this many are left to another thread before it is tried again. */
const SLOW_READS = 64
/** Reads are left to another thread at least this often, in ms: meanwhile signals, messages and timers get through. */
const BREATHE_MS = 5

/**
 * Reads a file, small pieces at once where the system has them in memory.
 *
 * To hand a read to another thread and to hear that it is done takes 25 to 40 us, many times what copying a header or a small
 * batch takes (1 KiB: 34 us so, 1 us at once; 212 KiB: 57 us and 12). But a thread that waits for a disk computes nothing: so
 * a read that was slow has the next ones made by another thread, several at once where they are asked for so.
 */
export class FileReader {
  private slowReads = 0
  private breathed = performance.now()

  constructor(private readonly file: FileHandle) {}

  /** Reads bytes from `position` on into `into`; how many, 0 at the end of the file. Errors: those of the system. */
  read(into: Uint8Array, position: number): number | Promise<number> {
    const started = performance.now()
    if (into.length > LARGEST_AT_ONCE || this.slowReads > 0 || started - this.breathed > BREATHE_MS) {
      if (this.slowReads > 0) this.slowReads--
      return this.readBeside(into, position)
    }
    const bytes = readSync(this.file.fd, into, 0, into.length, position)
    if (performance.now() - started > QUICK_MS) this.slowReads = SLOW_READS
    return bytes
  }

  private async readBeside(into: Uint8Array, position: number): Promise<number> {
    const { bytesRead } = await this.file.read(into, 0, into.length, position)
    this.breathed = performance.now()
    return bytesRead
  }
}
