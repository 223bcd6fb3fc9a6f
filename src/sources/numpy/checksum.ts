import { crc32 } from 'node:zlib'
import { DataError } from '../../core/errors.js'

/** Follows bytes as they are read, as long as they are read in order from the first on, and compares at the last. */
export class Checksum {
  private position = 0
  private sum = 0

  constructor(
    private readonly size: number,
    private readonly expected: number,
    private readonly name: string,
  ) {}

  /** Error: `damaged`, where these are the last bytes and the checksum is another. */
  add(bytes: Uint8Array, position: number): void {
    if (position === 0) this.restart()
    if (position !== this.position) return
    this.sum = crc32(bytes, this.sum)
    this.position += bytes.length
    if (this.position === this.size && this.sum !== this.expected) {
      const hex = (value: number) => value.toString(16).padStart(8, '0')
      throw new DataError(
        'damaged',
        `entry ${this.name} has the checksum ${hex(this.sum)}, expected ${hex(this.expected)}; copy or save the file again`,
      )
    }
  }

  restart(): void {
    this.position = 0
    this.sum = 0
  }
}
