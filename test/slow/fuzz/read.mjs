import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { openArrowPipe } from '../../../dist/sources/arrow/index.js'
import { attributionRecords } from '../../../dist/sources/records/records.js'
import { loadCheckpoint } from '../../../dist/engine/checkpoints/checkpoint-file.js'
import { loadPlan } from '../../../dist/engine/plan.js'
import { metricOptions } from '../../../dist/metrics/options.js'
import { scoreAccumulator } from '../../../dist/metrics/score-accumulator.js'
import { openBed, placeOf, REGION } from '../../../dist/sources/bed/index.js'
import { openGenome } from '../../../dist/sources/genome/index.js'
import { openColumns, openSequences } from '../../../dist/sources/open.js'

const metrics = metricOptions({ convention: 'paper' })

/**
 * Reads all of a file the way that its kind is read.
 *
 * @returns What came of it: rows and a digest. Errors: those of reading.
 */
export async function readAll(path, kind) {
  switch (kind) {
    case 'columns':
      return readColumns(() => openColumns(path), true)
    case 'pipe':
      return readColumns(
        async () => openArrowPipe(Readable.from(createReadStream(path, { highWaterMark: 999 })), '-'),
        false,
      )
    case 'sequences': {
      const source = await openSequences(path)
      const hash = createHash('sha256')
      let rows = 0
      for await (const batch of source.read()) {
        batch.forEach(({ id, sequence }) => {
          rows++
          hash.update(`${id}\n`).update(sequence)
        })
      }
      await source.close()
      return { rows, digest: hash.digest('hex') }
    }
    case 'bed': {
      const source = await openBed(path)
      try {
        await placesOf(source)
      } finally {
        await source.close()
      }
      return readColumns(() => openBed(path), true)
    }
    case 'index': {
      const genome = `${path}.fa`
      await writeFile(genome, '>chr1\nACGTACGTACGTACGTACGT\nTTTTTTTTTTTTTTTTTTTT\n>chr2\nACGTACGTAC\n')
      await copyFile(path, `${genome}.fai`)
      const opened = await openGenome(genome)
      let rows = 0
      for (const place of [
        { chrom: 'chr1', start: 0, end: 20 },
        { chrom: 'chr1', start: 15, end: 45 },
        { chrom: 'chr2', start: 2, end: 10 },
      ]) {
        rows += (await opened.bases(place)).length
      }
      return { rows, digest: '' }
    }
    case 'checkpoint': {
      const found = await loadCheckpoint(path)
      const hash = createHash('sha256')
      for (const [name, array] of Object.entries(found.arrays)) {
        hash.update(name).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      }
      return { rows: found.records, digest: hash.digest('hex'), sealed: true }
    }
    case 'plan': {
      const plan = await loadPlan(path)
      return { rows: plan.inputs.length, digest: plan.id, sealed: true }
    }
    default:
      throw new Error(`no kind ${kind}: ${(await readFile(path)).length} bytes`)
  }
}

/** Reads each line as the place of a map: any text is lines, and not every line a place. */
async function placesOf(source) {
  for await (const { columns, rows } of source.read([REGION])) {
    const { bytes, offsets } = columns.get(REGION)
    for (let row = 0; row < rows.end - rows.start; row++) {
      const line = Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString('utf8')
      placeOf(line, undefined, undefined, source.name)
    }
  }
}

/** Every readable column, and the records where the columns make some, through all accumulators of a score. */
async function readColumns(open, seekable) {
  const source = await open()
  const hash = createHash('sha256')
  let rows = 0
  try {
    await source.fingerprint()
    const names = source.fields.filter(({ type }) => type.kind !== 'other').map(({ name }) => name)
    let records
    try {
      records = attributionRecords(source, { axes: 'L4', truth: true, screen: { k: 6, input: '' } })
    } catch (error) {
      if (error.name !== 'DataError') throw error
    }
    if (records === undefined || seekable) {
      for await (const batch of source.read([...new Set(names)])) {
        rows += batch.rows.end - batch.rows.start
        for (const [name, column] of batch.columns) hashColumn(hash.update(name), column, batch.rows)
      }
    }
    if (records !== undefined) {
      const accumulator = scoreAccumulator({ metrics, populationPrior: true, byModel: false })
      const state = accumulator.empty()
      let count = 0
      for await (const batch of records.read()) {
        batch.forEach(record => {
          count++
          if (record.fault === undefined) accumulator.add(state, record)
        })
      }
      accumulator.result(state)
      if (!seekable) rows = count
      else if (count !== rows) throw new Error(`${rows} rows, then ${count}`)
    }
  } finally {
    await source.close()
  }
  return { rows, digest: hash.digest('hex') }
}

/** What a reader of a column sees: texts and numbers of its rows. */
function hashColumn(hash, column, { start, end }) {
  const count = end - start
  for (let row = 0; row < count; row++) hash.update(String(column.nulls?.[row] ?? 0))
  if (column.kind === 'text') {
    check(column.offsets, count, column.bytes.length)
    for (let row = 0; row < count; row++) {
      hash.update(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])).update('\n')
    }
    return
  }
  let [first, last] = [0, count]
  for (const [level, offsets] of column.levels.entries()) {
    const below = column.levels[level + 1]
    if (typeof offsets === 'number') [first, last] = [first * offsets, last * offsets]
    else {
      check(offsets.subarray(first, last + 1), last - first, Number.POSITIVE_INFINITY)
      for (let i = first; i < last; i++) hash.update(`${offsets[i + 1] - offsets[i]} `)
      ;[first, last] = [offsets[first], offsets[last]]
    }
    if (below !== undefined && typeof below !== 'number' && last >= below.length) {
      throw new Error(`offsets reach ${last} of ${below.length}`)
    }
  }
  if (last > column.values.length) throw new Error(`offsets reach ${last} of ${column.values.length} values`)
  const { values } = column
  hash.update(
    new Uint8Array(
      values.buffer,
      values.byteOffset + first * values.BYTES_PER_ELEMENT,
      (last - first) * values.BYTES_PER_ELEMENT,
    ),
  )
}

function check(offsets, count, most) {
  if (offsets.length < count + 1) throw new Error(`${offsets.length} offsets for ${count} rows`)
  for (let i = 0; i < count; i++) {
    if (!(offsets[i] >= 0 && offsets[i] <= offsets[i + 1])) throw new Error(`offsets fall at ${i}`)
  }
  if (offsets[count] > most) throw new Error(`offsets reach ${offsets[count]} of ${most}`)
}
