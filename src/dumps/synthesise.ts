import { basename, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataError } from '../core/errors.js'
import type { MapElement, MapRows } from '../core/map-table.js'
import { PACKAGE_ROOT } from '../package-root.js'
import type { SyntheticMotif, SyntheticOptions } from './synth/options.js'
import { syntheticPopulation } from './synth/population.js'
import { type MapFormat, mapWriter, written } from '../sinks/map-writer.js'
import { readMotifs } from '../scoring/motifs.js'
import { writeOut } from '../sinks/save-rows.js'

/** The motifs that come with the package. */
const SAMPLES = fileURLToPath(new URL('data-samples/motifs.pfm', PACKAGE_ROOT))
/** Core motifs of the paper's synthetic task. */
const CORE = ['CTCF', 'SP1', 'YY1', 'GABPA', 'SRF']

export type SyntheticFormat = MapFormat
export const SYNTHETIC_FORMATS: readonly SyntheticFormat[] = ['arrow', 'parquet']

export interface MotifChoice {
  /** Name of the file, for the record. */
  readonly file: string
  readonly core: readonly SyntheticMotif[]
  readonly others: readonly SyntheticMotif[]
}

/**
 * The motifs of a file, JASPAR or MEME, in two: core ones, for positive sequences, and the others.
 *
 * @param path The package's own where undefined.
 * @param core Names or ids. By default CTCF, SP1, YY1, GABPA and SRF, those that there are, or else all of the file.
 * Errors: those of `readMotifs`; `usage`, for a core motif that is not in the file.
 */
export async function chooseMotifs(path: string = SAMPLES, core?: readonly string[]): Promise<MotifChoice> {
  const motifs = await readMotifs(path)
  const isCalled = (name: string) => (motif: { readonly id: string; readonly name: string }) =>
    [motif.id, motif.name].some(known => known.toUpperCase() === name.toUpperCase())
  const names = core ?? CORE.filter(name => motifs.some(isCalled(name)))
  const missing = names.find(name => !motifs.some(isCalled(name)))
  if (missing !== undefined) {
    const there = motifs.slice(0, 10).map(({ name }) => name)
    throw new DataError(
      'usage',
      `has no motif ${missing}, found ${there.join(', ')}${motifs.length > there.length ? ', ...' : ''}; give others with --core`,
      { file: path },
    )
  }
  const isCore = (motif: (typeof motifs)[number]) =>
    names.length === 0 || names.some(name => isCalled(name)(motif))
  return { file: basename(path), core: motifs.filter(isCore), others: motifs.filter(motif => !isCore(motif)) }
}

export interface SynthesisOptions extends SyntheticOptions {
  readonly records: number
  readonly batchRows?: number | undefined
  readonly element: MapElement
  /** Whether there is a column of ground truth. */
  readonly truth: boolean
  /** By default what the path ends in. */
  readonly format?: SyntheticFormat | undefined
  /** Where the motifs are from, for the record. */
  readonly motifFile: string
  /** Called after each batch, with the records so far; it may throw to end it all. */
  readonly onBatch?: ((records: number) => void) | undefined
}

/**
 * Writes a synthetic population to a file that appears whole or not at all, or to standard output for `-` (an Arrow
 * stream). Memory does not grow with the number of records; equal options give equal bytes.
 *
 * Errors: `usage`, for options that do not go together and an unknown ending; `io`.
 */
export async function synthesise(path: string, options: SynthesisOptions): Promise<void> {
  const format = options.format ?? (path === '-' ? 'arrow' : formatOfMaps(path))
  if (path === '-' && format !== 'arrow') {
    throw new DataError(
      'usage',
      'Parquet cannot be written to a pipe as a stream; give a file, or --format arrow',
    )
  }
  const rows = syntheticPopulation(options)
  const { element, truth } = options
  const table = {
    element,
    truth: truth ? { element, optional: false } : undefined,
    metadata: { 'attrstream.synth': JSON.stringify(recipeOf(options)) },
  }
  const piped = path === '-'
  const writer = await mapWriter(format, table, { piped })
  return writeOut(piped ? undefined : path, written(writer, told(rows(), options.onBatch)))
}

async function* told(batches: AsyncIterable<MapRows>, onBatch: SynthesisOptions['onBatch']) {
  let records = 0
  for await (const rows of batches) {
    yield rows
    records += rows.ids.length
    onBatch?.(records)
  }
}

/** The format that a file's name ends in. Errors: `usage`. */
export function formatOfMaps(path: string): SyntheticFormat {
  const ending = extname(path).toLowerCase()
  if (ending === '.parquet') return 'parquet'
  if (ending === '.arrow' || ending === '.feather') return 'arrow'
  throw new DataError('usage', 'unsupported file extension, expected .arrow, .feather or .parquet', {
    file: path,
  })
}

/** All that the records depend on. */
function recipeOf(options: SynthesisOptions) {
  const { records, length, seed, mapSeed, core, others, embed, positives, unknown } = options
  const { signal, noise, spikes, gauge, dead, seen, motifFile, element, fixed = [] } = options
  const names = (motifs: readonly SyntheticMotif[]) => motifs.map(({ name }) => name)
  return {
    records,
    length,
    seed,
    mapSeed,
    motifs: motifFile,
    core: names(core),
    others: positives < 1 ? names(others) : [],
    embed,
    ...(fixed.length > 0 && { fixed: fixed.map(({ name, start }) => `${name}@${start}`) }),
    positives,
    unknown,
    signal,
    noise,
    spikes,
    gauge,
    dead,
    ...(seen !== undefined && { seen }),
    element,
  }
}
