import type { FileHandle } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { countingBadRecords } from '../accumulators/with-bad-records.js'
import { isPiped } from '../io/open.js'
import { MapsBatcher, type MapsShape } from './map-batcher.js'
import type { RecordOptions } from '../sources/records/records.js'
import { nothing } from '../core/compose.js'
import type { ResumableMapWriter } from '../core/map-table.js'
import { DataError } from '../core/errors.js'
import type { AttributionRecord, Json } from '../core/types.js'
import type { Every, OpenedInput } from '../engine/fold-options.js'
import { openRecords } from '../sources/open-records.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { type BadRecordPolicy, screenOf } from '../scoring/bad-record-policy.js'
import { type ConvertState, restoreBad, saveConvertState, storeBad } from './convert-state.js'
import { pipeSpool } from '../scoring/quarantine-spool.js'

/** What is converted, and where it goes. */
export interface ConversionOf {
  readonly inputs: readonly OpenedInput[]
  readonly records: RecordOptions
  readonly bad: BadRecordPolicy | undefined
  readonly shape: MapsShape
  readonly writer: ResumableMapWriter
  /** The unfinished file. */
  readonly file: FileHandle
  /** Its key, by which a later process finds it. */
  readonly partial: string
  /** What must be the same to go on from a state. */
  readonly params: Json
}

export interface ConvertRun {
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  readonly report?: ConvertReport | undefined
  /** Ends the conversion after the current batch, its state saved where it has a checkpoint. */
  readonly signal?: AbortSignal | undefined
  /** Called where all is read, but too much of it is bad to be converted; the error to end with. */
  readonly refused?:
    | ((error: DataError, bad: BadRecords, inputs: readonly OpenedInput[]) => Promise<DataError>)
    | undefined
}

export interface ConvertReport {
  begun?(bytes: number): void
  resumed?(records: number): void
  progress?(done: { readonly records: number; readonly bytes: number }): void
  /** A checkpoint was saved, of so many records. */
  saved?(path: string, records: number): void
  saveFailed?(error: DataError): void
}

/** Reads inputs batch by batch and writes full groups; where one ends, a later process can go on. */
export class Conversion {
  records = 0
  groups: (readonly [rows: number, digest: string])[] = []
  bytes = 0
  private next: ConvertState['next'] = { input: 0, batch: 0, done: 0 }
  private readonly screen
  private readonly screening
  private readonly screenState
  /** Bad records up to the last group. */
  private badThen: ConvertState['bad']
  private pieces: Uint8Array[] = []
  private sinceSave = 0
  private savedAt = performance.now()
  /** Why the last save failed, where it did. */
  unsaved: DataError | undefined

  constructor(
    private readonly of: ConversionOf,
    found: ConvertState | undefined,
  ) {
    this.screen = screenOf(of.bad, of.inputs)
    this.screening = countingBadRecords(nothing<AttributionRecord>(), this.screen ?? { places: false })
    this.screenState = this.screening.empty()
    if (found !== undefined) {
      this.records = found.records
      this.groups = [...found.groups]
      this.bytes = found.bytes
      this.next = found.next
      this.screenState.bad.merge(restoreBad(found.bad))
      of.writer.restore(found.writer)
    }
    this.badThen = storeBad(this.bad)
  }

  get bad(): BadRecords {
    return this.screenState.bad
  }

  /** Bytes that are still to be read, about. */
  bytesToCome(): number {
    let bytes = 0
    for (const [i, { batches = [] }] of this.of.inputs.entries()) {
      const first = i < this.next.input ? batches.length : i === this.next.input ? this.next.batch : 0
      for (const batch of batches.slice(first)) bytes += batch.bytes
    }
    return bytes
  }

  /** Whether all was read; false where it was stopped. */
  async run(run: ConvertRun): Promise<boolean> {
    const { inputs, shape } = this.of
    const batcher = new MapsBatcher(shape)
    const from = this.next
    for (let input = from.input; input < inputs.length; input++) {
      const first = input === from.input ? from : { batch: 0, done: 0 }
      if (!(await this.read(input, first, batcher, run))) return false
    }
    if (batcher.rows > 0) this.flush(batcher, { input: inputs.length, batch: 0, done: 0 })
    await this.settle(run)
    return true
  }

  /** Writes what ends the file, and makes it last. */
  async end(): Promise<void> {
    this.pieces.push(this.of.writer.finish())
    await this.writeOut()
    await this.of.file.sync()
  }

  /** Saves that the file is finished, as `finished` knows it. */
  async saveFinished(path: string, finished: string, run: ConvertRun): Promise<void> {
    await this.save(path, run, finished)
  }

  private async read(
    input: number,
    first: { readonly batch: number; readonly done: number },
    batcher: MapsBatcher,
    run: ConvertRun,
  ): Promise<boolean> {
    const { inputs, records, shape } = this.of
    const { path, idPrefix, batches, fingerprint = '' } = inputs[input]
    const onBad = isPiped(path) ? pipeSpool(this.screen?.spool) : undefined
    const screen = { k: 0, input: fingerprint, onBad }
    const options = { ...records, truth: shape.truth, idPrefix, screen }
    const source = await openRecords(path, options)
    try {
      const range = batches && { start: first.batch, end: batches.length }
      for await (const batch of source.read(range)) {
        if (run.signal?.aborted) return false
        const skipped = batch.index === first.batch ? first.done : 0
        let done = 0
        batch.forEach(record => {
          if (done++ < skipped) return
          if (record.fault !== undefined) this.leaveOut(record)
          else if (batcher.add(record)) this.flush(batcher, { input, batch: batch.index, done })
        })
        await this.settle(run)
        run.report?.progress?.({ records: done - skipped, bytes: batches?.[batch.index]?.bytes ?? 0 })
        await setImmediate() // signals get through, also where reading never waits for a disk
      }
      return true
    } finally {
      await source.close()
      if (run.signal?.aborted && run.checkpoint !== undefined) await this.save(run.checkpoint.path, run)
    }
  }

  private leaveOut(record: AttributionRecord): void {
    if (this.screen === undefined && record.fault !== undefined) throw record.fault.error
    this.screening.add(this.screenState, record)
  }

  private flush(batcher: MapsBatcher, next: ConvertState['next']): void {
    const { rows, digest } = batcher.take()
    const count = rows.ids.length
    this.pieces.push(this.of.writer.group(rows))
    this.records += count
    this.sinceSave += count
    this.groups.push([count, digest])
    this.next = next
    this.badThen = storeBad(this.bad)
  }

  /** Writes groups that are full, and a state where it is time. */
  private async settle(run: ConvertRun): Promise<void> {
    const { checkpoint } = run
    await this.writeOut()
    if (checkpoint === undefined || this.sinceSave === 0) return
    const { every, path } = checkpoint
    const due =
      'seconds' in every
        ? performance.now() - this.savedAt >= every.seconds * 1000
        : this.sinceSave >= every.records
    if (due) await this.save(path, run)
  }

  private async writeOut(): Promise<void> {
    for (const piece of this.pieces) {
      for (let at = 0; at < piece.length; ) {
        const { bytesWritten } = await this.of.file.write(piece, at, piece.length - at, this.bytes)
        at += bytesWritten
        this.bytes += bytesWritten
      }
    }
    this.pieces = []
  }

  /** A failure is reported and kept, not thrown: the conversion goes on. */
  private async save(path: string, { report }: ConvertRun, finished?: string): Promise<void> {
    const { params, inputs, writer, file, partial } = this.of
    await file.sync()
    const { next, bytes, records, groups, badThen: bad } = this
    const stamps = inputStamps(inputs)
    const state = {
      params,
      next,
      partial,
      bytes,
      finished,
      stamps,
      records,
      writer: writer.save(),
      groups,
      bad,
    }
    this.savedAt = performance.now()
    try {
      await saveConvertState(path, state)
      this.sinceSave = 0
      this.unsaved = undefined
      report?.saved?.(path, records)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      this.unsaved = error
      report?.saveFailed?.(error)
    }
  }
}

/** The stamps of inputs that have one, by name. */
export function inputStamps(inputs: readonly OpenedInput[]): ConvertState['stamps'] {
  return Object.fromEntries(inputs.flatMap(({ name, stamp }) => (stamp === undefined ? [] : [[name, stamp]])))
}
