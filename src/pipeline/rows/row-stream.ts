import { setImmediate } from 'node:timers/promises'
import type { Arrays, AnyAccumulator, AttributionRecord, Source } from '../../core/types.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import type { FileForm, Gatherer } from '../../sinks/gather.js'
import type { WrittenOutput } from '../define.js'
import {
  addTally,
  newTally,
  type OutputsShape,
  type ReadyOutput,
  readyOutput,
  type FileTally,
} from './output-files.js'

/** How far the rows of a file have come: all that a later process needs to continue behind a group. */
export interface RowsPlace {
  /** The next record, and how many of this batch of this input are done. */
  readonly next: { readonly input: number; readonly batch: number; readonly done: number }
  readonly groups: readonly (readonly [rows: number, digest: string])[]
  /** What the writer of the form keeps. */
  readonly writer: string
  readonly tally: FileTally
}

/** What one output reads, and how. */
export interface RowsOf {
  readonly inputs: readonly OpenedInput[]
  readonly open: (input: OpenedInput) => Promise<Source<AttributionRecord>>
  readonly accumulator: AnyAccumulator
  /** Whether bad records are left out; the first of them ends the stream otherwise. */
  readonly skipsBad: boolean
  readonly name: string
  readonly output: WrittenOutput
  readonly shape: OutputsShape
  readonly fraction: number | undefined
  readonly form: FileForm
}

type Value = Parameters<Parameters<ReadyOutput['connect']>[0]>[0]

/** The rows of one output as the bytes of one file, in the order of the records. */
export class RowStream {
  readonly tally = newTally()
  readonly groups: (readonly [rows: number, digest: string])[] = []
  /** The accumulated records. */
  readonly state: unknown
  /** Place and state behind the last group. */
  private last: { readonly place: RowsPlace; readonly arrays: Arrays } | undefined
  private ready: { readonly output: ReadyOutput; readonly gatherer: Gatherer<Value> } | undefined
  private from: RowsPlace['next'] = { input: 0, batch: 0, done: 0 }
  private writer: string | undefined

  constructor(
    private readonly of: RowsOf,
    found?: { readonly place: RowsPlace; readonly arrays: Arrays },
  ) {
    this.state = found === undefined ? of.accumulator.empty() : of.accumulator.load(found.arrays)
    if (found === undefined) return
    const { next, groups, writer, tally } = found.place
    this.from = next
    this.groups.push(...groups)
    this.writer = writer
    addTally(this.tally, tally)
    this.last = found
  }

  /** Rows in the groups so far. */
  get rows(): number {
    return this.groups.reduce((sum, [rows]) => sum + rows, 0)
  }

  /** What maps are like; undefined for other rows. */
  get shape(): ReadyOutput['shape'] {
    return this.ready?.output.shape
  }

  /** Bytes that are still to be read, about. */
  bytesToCome(): number {
    let bytes = 0
    for (const [i, { batches = [] }] of this.of.inputs.entries()) {
      const first = i < this.from.input ? batches.length : i === this.from.input ? this.from.batch : 0
      for (const batch of batches.slice(first)) bytes += batch.bytes
    }
    return bytes
  }

  /** What a later process continues with, once the bytes so far are written; undefined before the first group. */
  place(): { readonly place: RowsPlace; readonly arrays: Arrays } | undefined {
    return this.last
  }

  /**
   * The bytes of the groups as they fill; a stream has one for each batch. Each is written when the next is asked for. Ends early once
   * the signal is aborted.
   *
   * @param keepsPlace Whether `place` is to be known.
   */
  async *groupsOf(
    onBatch: (done: { readonly records: number; readonly bytes: number }) => void,
    signal: AbortSignal | undefined,
    keepsPlace: boolean,
  ): AsyncGenerator<Uint8Array> {
    const { inputs } = this.of
    for (let input = this.from.input; input < inputs.length; input++) {
      const first = input === this.from.input ? this.from : { batch: 0, done: 0 }
      const { batches } = inputs[input]
      const source = await orAborted(this.of.open(inputs[input]), signal)
      if (source === undefined) return
      try {
        const take = await this.connect(source)
        const range = batches && { start: first.batch, end: batches.length }
        for await (const batch of source.read(range, signal)) {
          if (signal?.aborted) return
          const skipped = batch.index === first.batch ? first.done : 0
          const pieces: Uint8Array[] = []
          let done = 0
          const flush = () => pieces.push(this.flush({ input, batch: batch.index, done }, keepsPlace))
          batch.forEach(record => {
            if (done++ < skipped) return
            if (take(record)) flush()
          })
          const rows = batch.rows.end - batch.rows.start
          if (skipped === 0) this.tally.rows += rows
          if (this.of.form.piped === true && this.gathered > 0) flush()
          yield* pieces
          onBatch({ records: done - skipped, bytes: batches?.[batch.index]?.bytes ?? 0 })
          await setImmediate() // signals get through, also where reading never waits for a disk
        }
      } catch (error) {
        if (signal?.aborted) return
        throw error
      } finally {
        await source.close()
      }
    }
    if (this.gathered > 0) yield this.flush({ input: inputs.length, batch: 0, done: 0 }, keepsPlace)
  }

  /** The bytes that end the file. */
  finish(): Uint8Array {
    return this.ready?.gatherer.finish() ?? new Uint8Array(0)
  }

  private get gathered(): number {
    return this.ready?.gatherer.gathered ?? 0
  }

  private flush(next: RowsPlace['next'], keepsPlace: boolean): Uint8Array {
    const { gatherer } = this.ready as NonNullable<typeof this.ready>
    const { bytes, rows, digest } = gatherer.take()
    this.groups.push([rows, digest])
    if (keepsPlace) {
      const { tally, groups } = this
      const place = { next, groups: [...groups], writer: gatherer.save(), tally: { ...tally } }
      this.last = { place, arrays: this.of.accumulator.save(this.state) }
    }
    return bytes
  }

  /** Takes the records of a source; true once a group is full. */
  private async connect(source: Source<AttributionRecord>): Promise<(record: AttributionRecord) => boolean> {
    const { name, output, shape, fraction, form, accumulator, skipsBad } = this.of
    const { tally } = this
    if (this.ready === undefined) {
      const ready = readyOutput(name, output, source, { shape, fraction, partitionBy: undefined, tally })
      const gatherer = await ready.gather(form)
      if (this.writer !== undefined) gatherer.restore(this.writer)
      this.ready = { output: ready, gatherer }
    }
    const { output: ready, gatherer } = this.ready
    let full = false
    const push = ready.connect(value => {
      if (gatherer.add(value)) full = true
    })
    return record => {
      const { fault } = record
      if (fault !== undefined && !skipsBad) throw fault.error
      tally.records++
      accumulator.add(this.state, record)
      if (fault !== undefined) return false
      full = false
      push(record)
      return full
    }
  }
}

/** What a promise gives, or undefined as soon as the signal is aborted: a pipe that nothing comes down is opened for ever. */
async function orAborted<T>(opening: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (signal === undefined) return opening
  if (signal.aborted) return undefined
  let stop = () => {}
  const aborted = new Promise<undefined>(resolve => {
    stop = () => resolve(undefined)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([opening, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
