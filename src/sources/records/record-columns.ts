import { DataError } from '../../core/errors.js'
import { didYouMean } from '../../core/suggest.js'
import { type Axes, channelsOfBases, declaredAxes } from './axes.js'
import { fourColumns } from './four-columns.js'
import type { ColumnField, ColumnSource, ColumnType, Recognised } from '../columns/column.js'

/** Which columns hold what; those not named have their usual names. */
export interface ColumnNames {
  readonly id?: string | undefined
  readonly sequence?: string | undefined
  readonly attributions?: string | undefined
  readonly truth?: string | undefined
  /** A column by whose values records are split into models; none by default. */
  readonly model?: string | undefined
}

export interface LayoutOptions {
  readonly columns?: ColumnNames | undefined
  /**
   * Whether the truth column is read: only where it is named, by default; `true`, where there is a column of the usual
   * name, which is refused for another type; `found`, where there is one of a fitting type.
   */
  readonly truth?: boolean | 'found' | undefined
  /** Axis order of flat lists, where the file's metadata does not declare it. */
  readonly axes?: string | undefined
  /** Order of the channels, where the file's metadata does not declare it. */
  readonly alphabet?: string | undefined
}

/** Where a file's columns have the parts of a record. */
export interface RecordColumns {
  readonly id: string | undefined
  readonly sequence: string
  /** One column, or four: those of A, C, G and T. */
  readonly attributions: readonly string[]
  readonly truth: string | undefined
  readonly model: string | undefined
  readonly axes: Axes | undefined
  /** Axes of one-hot sequences, and of truth: those declared, where their own types do not tell. */
  readonly axesBeside: { readonly sequence: Axes | undefined; readonly truth: Axes | undefined }
  /** Maps are one value a position, that of its base: attribution times one-hot, summed over the channels. */
  readonly perPosition: boolean
  /**
   * Whether sequences are a number for each letter, as in (N, L) arrays of 0 to 3; `rows` where only the lengths of each
   * row show it.
   */
  readonly numbered: boolean | 'rows'
  readonly channels: readonly [number, number, number, number]
}

const FLOATS = ['float16', 'float32', 'float64']

/**
 * Finds the columns of a record in a file.
 *
 * Errors: `column`, for a missing or wrongly typed column, naming those there are; `axes`, for a flat list whose axis
 * order nothing declares.
 */
export function findLayout(
  source: ColumnSource,
  options: LayoutOptions,
  need: 'maps' | 'sequences',
): RecordColumns {
  const names = namesOf(options.columns, source.recognised)
  const file = source.name
  const axes = declaredAxes(options.axes, source.metadata, file)
  const field = (name: string) => source.fields.find(candidate => candidate.name === name)
  const there = columnsText(source)

  function required(
    name: string,
    option: string,
    what: string,
    fits: (type: ColumnType) => boolean,
  ): ColumnField {
    const found = field(name)
    if (found === undefined) {
      const hint = didYouMean(
        name,
        source.fields.map(each => each.name),
      )
      const other = option === '--sequence-column' ? ', or give the file it is in with --sequences' : ''
      throw new DataError(
        'column',
        `has no column ${name}, found ${there}${hint || `; give it with ${option}${other}`}`,
        {
          file,
        },
      )
    }
    return checked(found, option, what, fits)
  }
  /** The only column of numbers that could be maps where none has a usual name; its type is what is wrong then. */
  function loneMaps(): string | undefined {
    if (field('attributions') !== undefined) return undefined
    const beside = [sequence.name, names.id, names.truth, 'truth']
    const found = source.fields.filter(
      ({ name, type }) => isMatrix(type) && type.nesting.length === 2 && !beside.includes(name),
    )
    return found.length === 1 && !isMap(found[0].type) ? found[0].name : undefined
  }
  function optional(
    name: string | undefined,
    usual: string,
    option: string,
    what: string,
    fits: (type: ColumnType) => boolean,
  ): string | undefined {
    if (name !== undefined) return required(name, option, what, fits).name
    const found = field(usual)
    return found && checked(found, option, what, fits).name
  }
  function checked(
    found: ColumnField,
    option: string,
    what: string,
    fits: (type: ColumnType) => boolean,
  ): ColumnField {
    if (fits(found.type)) return found
    if (found.refused !== undefined) {
      throw new DataError('column', `column ${found.name} ${found.refused}`, { file })
    }
    throw new DataError(
      'column',
      `column ${found.name} is ${found.declared}, expected ${what}; convert it or name another with ${option}`,
      { file },
    )
  }
  function declaredWhere(found: ColumnField): string {
    if (found.type.kind === 'numbers' && found.type.nesting.length === 1 && axes === undefined) {
      throw new DataError(
        'axes',
        `column ${found.name} is ${found.declared}, a flat list of unknown axis order; declare it with file metadata attrstream.axes, or with --axes L4 (position by channel) or --axes 4L (channel by position)`,
        { file },
      )
    }
    if (found.type.kind === 'numbers' && axes === undefined && found.type.nesting.join() === '4,4') {
      throw new DataError(
        'axes',
        `column ${found.name} is ${found.declared}, 4 x 4, which fits both axis orders; give --axes L4 or --axes 4L`,
        { file },
      )
    }
    return found.name
  }

  const lone = need === 'sequences' && source.fields.length === 1 ? source.fields[0].name : undefined
  const sequence = required(
    names.sequence ?? lone ?? 'sequence',
    '--sequence-column',
    'text, or one-hot numbers of L x 4',
    type => type.kind === 'text' || isMatrix(type),
  )
  const four =
    names.attributions === undefined && field('attributions') === undefined ? fourColumns(source) : undefined
  const maps = four?.[0] ?? field(names.attributions ?? 'attributions')
  const numbered = areNumbered(sequence.type, maps?.type, four === undefined ? 1 : 4, axes)
  const layout = {
    id: optional(names.id, 'id', '--id-column', 'text or whole numbers', isLabel),
    sequence: numbered === false ? declaredWhere(sequence) : sequence.name,
    truth: undefined,
    model: names.model && required(names.model, '--model-column', 'text or whole numbers', isLabel).name,
    axes,
    perPosition: false,
    numbered,
    axesBeside: { sequence: ownAxes(sequence.type, axes), truth: axes },
    channels: channelsOfBases(options.alphabet, source.metadata, file),
  }
  if (need === 'sequences') return { ...layout, attributions: [] }

  if (four !== undefined) {
    for (const column of four) {
      checked(column, '--attributions-column', 'a list of float16, float32 or float64', type => {
        return type.kind === 'numbers' && type.nesting.length === 1 && FLOATS.includes(type.element)
      })
    }
  }
  const whole =
    four === undefined
      ? required(
          names.attributions ?? loneMaps() ?? 'attributions',
          '--attributions-column',
          'lists of float16, float32 or float64 numbers, flat or nested once',
          isMap,
        )
      : undefined
  const perPosition = whole !== undefined && isPerPosition(whole.type, sequence.type, numbered)
  const attributions =
    whole === undefined
      ? (four ?? []).map(column => column.name)
      : [perPosition ? whole.name : declaredWhere(whole)]
  const { truth = names.truth !== undefined } = options
  const usual = field('truth')
  // Who did not ask for the column by its name may have one of another meaning.
  const passed = truth === 'found' && names.truth === undefined && !(usual && isMatrix(usual.type))
  const truthColumn =
    truth === false || passed
      ? undefined
      : optional(
          names.truth,
          'truth',
          '--truth-column',
          'L x 4 probabilities or L labels 0/1, as lists of numbers',
          isMatrix,
        )
  const truthField = truthColumn === undefined ? undefined : field(truthColumn)
  return {
    ...layout,
    attributions,
    perPosition,
    truth: truthColumn,
    axesBeside: { ...layout.axesBeside, truth: truthField && ownAxes(truthField.type, axes) },
  }
}

/** More columns than this are counted, not named. */
const NAMED = 12

/** The columns of a file with their types, for messages. */
export function columnsText({ fields }: ColumnSource): string {
  const named = fields.slice(0, NAMED).map(({ name, declared }) => `${name} (${declared})`)
  const more = fields.length - named.length
  return `${named.join(', ') || 'none'}${more > 0 ? ` and ${more} more` : ''}`
}

/** What options name, else what the file was recognised by. */
function namesOf(asked: ColumnNames = {}, recognised: Recognised | undefined): ColumnNames {
  const { columns: known = {}, beside = {} } = recognised ?? {}
  return {
    id: beside.id ?? asked.id ?? known.id,
    sequence: beside.sequence ?? asked.sequence ?? known.sequence,
    attributions: asked.attributions ?? known.attributions,
    truth: beside.truth ?? asked.truth,
    model: asked.model,
  }
}

/** Whether maps have as many values as their sequences have positions, as the types of both say. */
function isPerPosition(maps: ColumnType, sequence: ColumnType, numbered: boolean | 'rows'): boolean {
  if (maps.kind !== 'numbers' || maps.nesting.length !== 1 || typeof maps.nesting[0] !== 'number')
    return false
  if (sequence.kind !== 'numbers') return false
  const [outer, inner] = sequence.nesting
  if (sequence.nesting.length === 1) return numbered === true && maps.nesting[0] === outer
  if (!sequence.nesting.includes(4)) return false
  return maps.nesting[0] === (outer === 4 ? inner : outer)
}

/**
 * Whether a sequence is a number for each letter: whole numbers, one for four of the map's (or one for one, of maps with a
 * value a position). With neither a map nor declared axes they are taken to be that.
 */
function areNumbered(
  sequence: ColumnType,
  maps: ColumnType | undefined,
  columns: number,
  axes: Axes | undefined,
): boolean | 'rows' {
  if (sequence.kind !== 'numbers' || sequence.nesting.length !== 1 || !/int/.test(sequence.element))
    return false
  if (maps?.kind !== 'numbers') return axes === undefined
  const [length] = sequence.nesting
  let values = columns
  for (const each of maps.nesting) {
    if (each === 'list' || length === 'list') return 'rows'
    values *= each
  }
  return (
    4 * Number(length) === values || (axes === undefined && maps.nesting.length === 1 && length === values)
  )
}

/** undefined where the fixed lengths of a type tell the axes by themselves, else what is declared. */
function ownAxes(type: ColumnType, declared: Axes | undefined): Axes | undefined {
  const [outer, inner] = type.kind === 'numbers' ? type.nesting : []
  const told = typeof outer === 'number' && typeof inner === 'number' && (outer === 4) !== (inner === 4)
  return told ? undefined : declared
}

function isLabel(type: ColumnType): boolean {
  return (
    type.kind === 'text' || (type.kind === 'numbers' && type.nesting.length === 0 && /int/.test(type.element))
  )
}

function isMap(type: ColumnType): boolean {
  return isMatrix(type) && FLOATS.includes(type.element)
}

function isMatrix(type: ColumnType): type is ColumnType & { kind: 'numbers' } {
  return type.kind === 'numbers' && (type.nesting.length === 1 || type.nesting.length === 2)
}
