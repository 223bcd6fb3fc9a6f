import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { writingError } from '../../io/atomic-file.js'
import { removeStale, temporaryPath } from '../../io/temporary-files.js'
import { dirname } from 'node:path'
import type { Gatherer } from '../../sinks/gather.js'
import type { ReadyOutput } from './output-files.js'
import { readBack } from './read-back.js'

/** A part of a dataset while it is written: under a hidden name, until it is whole. */
export class OpenPart<T> {
  private pieces: Uint8Array[] = []
  private readonly groups: (readonly [rows: number, digest: string])[] = []
  private bytes = 0

  private constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly file: FileHandle,
    readonly output: ReadyOutput,
    private readonly gatherer: Gatherer<T>,
    private readonly verify: boolean,
  ) {}

  /** Error: `io`. */
  static async begin<T>(path: string, output: ReadyOutput, verify: boolean): Promise<OpenPart<T>> {
    const gatherer = (await output.gather({ format: 'parquet', metadata: {} })) as Gatherer<T>
    const temporary = temporaryPath(path)
    await removeStale(dirname(path))
    const file = await open(temporary, 'wx').catch((error: unknown) => {
      throw writingError(error, path)
    })
    return new OpenPart(path, temporary, file, output, gatherer, verify)
  }

  add(value: T): void {
    if (this.gatherer.add(value)) this.flush()
  }

  /** Writes the groups that are full. Error: `io`. */
  async settle(): Promise<void> {
    const { pieces } = this
    this.pieces = []
    try {
      for (const piece of pieces) {
        await this.file.writeFile(piece)
        this.bytes += piece.byteLength
      }
    } catch (error) {
      throw writingError(error, this.path)
    }
  }

  /** Ends the file, which stands then. Errors: `io`; `damaged`, if it does not read back as it was written. */
  async end(): Promise<{ readonly rows: number; readonly bytes: number }> {
    if (this.gatherer.gathered > 0) this.flush()
    this.pieces.push(this.gatherer.finish())
    await this.settle()
    const { shape } = this.output
    try {
      await this.file.sync()
      await this.file.close()
      if (this.verify && shape !== undefined) await readBack(this.temporary, this.path, this.groups, shape)
      await rename(this.temporary, this.path)
    } catch (error) {
      throw writingError(error, this.path)
    }
    return { rows: this.groups.reduce((sum, [rows]) => sum + rows, 0), bytes: this.bytes }
  }

  /** Removes what was written, unless it stands already. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => {})
    await rm(this.temporary, { force: true }).catch(() => {})
  }

  private flush(): void {
    const { bytes, rows, digest } = this.gatherer.take()
    this.pieces.push(bytes)
    this.groups.push([rows, digest])
  }
}
