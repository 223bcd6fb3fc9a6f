import { canonicalJson } from '../../core/canonical-json.js'
import { DataError } from '../../core/errors.js'
import type { Columns } from '../../core/table.js'
import type { Json } from '../../core/types.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { averageOf } from '../../metrics/agreement.js'
import { resolveThinning, type Thinning } from '../../metrics/thinning.js'
import { type IdOrigin, openPopulation } from '../../scoring/population.js'
import type { ColumnSource } from '../../sources/columns/column.js'
import { scalarColumns } from '../../sources/columns/scalars.js'
import { findLayout } from '../../sources/records/record-columns.js'
import { shownPath } from '../../core/address.js'
import { withSidePaths } from '../../sources/records/records.js'
import { VERSION } from '../../version.js'
import type { WrittenOutput } from '../define.js'
import type { PipelineOptions } from '../notes.js'
import type { OutputsShape } from './output-files.js'

/** The inputs of outputs that are written. */
export interface OpenedOutputs {
  readonly inputs: readonly OpenedInput[]
  readonly ids: IdOrigin
  readonly thin: Thinning | undefined
  readonly shape: OutputsShape
  /** Whether maps of doubles are stored with fewer bits. */
  readonly narrowed: boolean
}

/**
 * Opens inputs, to learn their batches and what the files of maps are to have. Errors: those of `openPopulation`; `column`, for a column
 * that is kept but not of one kind in all of them.
 */
export async function openOutputs(
  paths: readonly string[],
  { records, thin }: PipelineOptions,
  written: { readonly [name: string]: WrittenOutput },
): Promise<OpenedOutputs> {
  const kept = [...new Set(Object.values(written).flatMap(({ keep }) => keep))]
  let first: { readonly name: string; readonly columns: Columns } | undefined
  let truth: boolean | undefined
  let doubles = records.join?.average !== undefined
  const look = (columns: ColumnSource) => {
    const layout = findLayout(columns, records, 'maps')
    truth = (truth ?? false) || layout.truth !== undefined
    doubles ||= columns.fields.some(
      ({ name, type }) =>
        layout.attributions.includes(name) && type.kind === 'numbers' && type.element === 'float64',
    )
    const found = scalarColumns(columns, kept)
    first ??= { name: columns.name, columns: found }
    for (const [name, kind] of Object.entries(found)) {
      const expected = first.columns[name]
      if (kind === expected) continue
      throw new DataError(
        'column',
        `column ${name} is of kind ${kind}, expected ${expected} as in ${first.name}; convert one, or leave it out of --keep`,
        { file: columns.name },
      )
    }
  }
  const { inputs, ids } = await openPopulation({ model: 'rows', paths }, records, undefined, look)
  const maps = Object.values(written).flatMap(output => (output.kind === 'maps' ? output.element : []))
  return {
    inputs,
    ids,
    thin: resolveThinning(thin, inputs),
    shape: { truth, model: records.columns?.model, metadata: {} },
    narrowed: doubles && maps.length > 0 && maps.every(element => element !== 'float64'),
  }
}

/** Options of a run as the metadata of a file has them; with its inputs, unless they are as many as a dataset may have. */
export function pipelineOptionsText(
  { name, options, records, bad }: PipelineOptions,
  inputs: readonly OpenedInput[] | null,
): string {
  const about = {
    pipeline: name,
    options,
    records: withSidePaths(records, shownPath),
    bad: bad?.kind ?? 'fail',
    ...(inputs && {
      inputs: inputs.map(({ name, fingerprint }) => ({ name, fingerprint: fingerprint ?? null })),
    }),
  }
  return canonicalJson(JSON.parse(JSON.stringify(about)) as Json)
}

/** Metadata of every file that is written. */
export function fileMetadata(
  asked: PipelineOptions,
  inputs: readonly OpenedInput[] | null,
): { readonly [key: string]: string } {
  const { join } = asked.records
  return {
    'attrstream.producer': `attrstream ${VERSION}`,
    'attrstream.options': pipelineOptionsText(asked, inputs),
    ...(join === undefined ? {} : { 'attrstream.average': JSON.stringify(averageOf(join)) }),
  }
}
