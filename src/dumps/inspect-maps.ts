import { AXES_KEY, ALPHABET_KEY, type Axes } from '../sources/records/axes.js'
import type { ColumnSource, ColumnType } from '../sources/columns/column.js'
import type { RecordColumns, LayoutOptions } from '../sources/records/record-columns.js'

/** How something was told: by an option, by the file's metadata, by the column's type, by each row, or not at all. */
export type DeclaredBy = 'option' | 'metadata' | 'type' | 'rows' | 'default'

/** How the maps of a file are stored. */
export interface MapsDescription {
  /** Type of the numbers. */
  readonly element: string
  /** Null where rows tell it, each for itself. */
  readonly axes: { readonly order: Axes | null; readonly told: DeclaredBy }
  /** Letters in the order of the channels. */
  readonly alphabet: { readonly order: string; readonly told: DeclaredBy }
}

/** How the columns of a layout store maps, and what tells it. */
export function describeMaps(
  { fields, metadata }: ColumnSource,
  { attributions, axes, channels }: RecordColumns,
  options: LayoutOptions,
): MapsDescription {
  const types = attributions.map(name => fields.find(field => field.name === name)?.type)
  const [type] = types
  const elements = new Set(types.map(each => (each?.kind === 'numbers' ? each.element : 'other')))
  const declared = (option: string | undefined, key: string): DeclaredBy | undefined =>
    option === undefined ? (metadata.has(key) ? 'metadata' : undefined) : 'option'
  const letters: string[] = []
  for (const [base, channel] of channels.entries()) letters[channel] = 'ACGT'[base]
  return {
    element: [...elements].join(', '),
    axes:
      axes !== undefined && attributions.length === 1
        ? { order: axes, told: declared(options.axes, AXES_KEY) ?? 'default' }
        : axesOfType(type, attributions.length),
    alphabet: {
      order: attributions.length === 4 ? 'ACGT' : letters.join(''),
      told: attributions.length === 4 ? 'type' : (declared(options.alphabet, ALPHABET_KEY) ?? 'default'),
    },
  }
}

function axesOfType(type: ColumnType | undefined, columns: number): MapsDescription['axes'] {
  if (columns === 4) return { order: '4L', told: 'type' }
  const [outer, inner] = type?.kind === 'numbers' ? type.nesting : []
  if (inner === 4 && outer !== 4) return { order: 'L4', told: 'type' }
  if (outer === 4 && inner !== 4) return { order: '4L', told: 'type' }
  return { order: null, told: 'rows' }
}
