import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeArrow } from './arrow-file.mjs'
import { batchesFor, ROWS_PER_BATCH } from './maps.mjs'
import { writeNpz } from './npz-file.mjs'
import { writeParquet } from './parquet-file.mjs'
import { recordBatches } from './record-batches.mjs'

const FORMS = {
  arrow: {
    ending: 'arrow',
    bytesPerPosition: 17,
    write: (path, batches, length) => writeArrow(path, recordBatches(batches, length)),
  },
  'parquet zstd': parquet('ZSTD'),
  'parquet snappy': parquet('SNAPPY'),
  npz: { ending: 'npz', bytesPerPosition: 32, write: writeNpz },
}

function parquet(codec) {
  return {
    ending: `${codec.toLowerCase()}.parquet`,
    bytesPerPosition: 17,
    write: (path, batches, length) => writeParquet(path, codec, recordBatches(batches, length)),
  }
}

const DUMPS = [
  { kind: 'arrow', length: 2048 },
  { kind: 'parquet zstd', length: 2048 },
  { kind: 'parquet snappy', length: 2048 },
  { kind: 'npz', length: 2048 },
  { kind: 'arrow', length: 200 },
  { kind: 'parquet zstd', length: 200 },
]

/** Dumps of about `gigabytes` each in `folder`, made where they are not there yet; of the kinds that start with `only`. */
export async function generate(folder, gigabytes, only = '') {
  const made = []
  for (const { kind, length } of DUMPS.filter(dump => dump.kind.startsWith(only))) {
    made.push(
      await makeDump(folder, kind, length, batchesFor(gigabytes * 1e9, length, FORMS[kind].bytesPerPosition)),
    )
  }
  return made
}

/** Maps of the test set of the paper's task: 31 batches of 64 are little more than its 1,934 sequences. */
const MODEL = { length: 200, batches: 31 }
const MODELS = 42

/** A folder of 42 models' dumps, each as long as the test set of the paper's task. */
export async function makeModels(folder) {
  const { path, positions, records } = await makeDump(folder, 'arrow', MODEL.length, MODEL.batches)
  const models = join(folder, 'models')
  await mkdir(models, { recursive: true })
  for (let i = 0; i < MODELS; i++) await copyFile(path, join(models, `model-${i}.arrow`))
  return { path: models, models: MODELS, positions: MODELS * positions, records: MODELS * records }
}

/** A dump of so many batches, made where it is not there yet. */
export async function makeDump(folder, kind, length, batches) {
  const { ending, write } = FORMS[kind]
  const records = batches * ROWS_PER_BATCH
  const path = join(folder, `maps-${length}-${records}.${ending}`)
  await mkdir(folder, { recursive: true })
  if ((await stat(path).catch(() => undefined)) === undefined) {
    console.error(`making ${path}`)
    await write(path, batches, length)
  }
  return { kind, length, records, positions: records * length, path }
}
