import { type FileMetaData, parquetMetadata } from 'hyparquet'
import type { Bytes } from '../../io/bytes.js'
import type { ColumnType } from '../columns/column.js'
import { type ArrowField, readArrowSchema } from './arrow-schema.js'
import { type Chunk, readChunk } from './chunk.js'
import { checkedCount, damaged, guard, unread } from './damage.js'
import { type Field, fieldsOf } from './schema.js'
import { structEnd } from './thrift.js'
import { ENCRYPTED, MAGIC, magicOf } from './signature.js'

/** What the end of the file says of it. */
export interface Footer {
  readonly fields: readonly Field[]
  readonly groups: readonly RowGroup[]
  readonly metadata: ReadonlyMap<string, string>
}

export interface RowGroup {
  readonly rows: number
  /** One for each leaf of the schema. */
  readonly chunks: readonly Chunk[]
}

/**
 * Parsing takes some 30 bytes of memory for a byte of footer. Writers need about 150 bytes a column and row group, so a
 * file of terabytes stays below this.
 */
const LONGEST = 2 ** 26

/** Reads the footer, whatever it claims checked against the file before memory is taken for it. */
export async function readFooter(bytes: Bytes): Promise<Footer> {
  if (bytes.size < 12) throw damaged(`the Parquet file has ${bytes.size} bytes, expected at least 12`)
  const head = new Uint8Array(4)
  const tail = new Uint8Array(8)
  await bytes.read(head, 0)
  await bytes.read(tail, bytes.size - 8)
  const [starts, ends] = [magicOf(head), magicOf(tail.subarray(4))]
  if (starts === ENCRYPTED || ends === ENCRYPTED) {
    throw unread('the Parquet file is encrypted, which is not read', 'write it without encryption')
  }
  if (starts !== MAGIC) throw unread('does not start as Parquet does (PAR1)', 'check what the file is')
  if (ends !== MAGIC) throw damaged('the Parquet file does not end in PAR1: it is truncated')
  const length = new DataView(tail.buffer).getUint32(0, true)
  if (length > bytes.size - 12) {
    throw damaged(`the footer has ${length} bytes, the file only ${bytes.size}`)
  }
  if (length > LONGEST) {
    throw unread(`the footer has ${length} bytes, at most ${LONGEST} are read`, 'write larger row groups')
  }
  const footer = new Uint8Array(length + 8)
  await bytes.read(footer, bytes.size - footer.length)
  return guard('the footer', () => parse(footer, bytes.size))
}

function parse(footer: Uint8Array, fileSize: number): Footer {
  if (structEnd(footer.subarray(0, -8), 0) === undefined) throw damaged('the footer ends early')
  const parsed = parquetMetadata(footer, { geoparquet: false })
  const { fields, leaves } = fieldsOf(parsed.schema)
  const byLeaf = new Map(fields.map(field => [field.leaf?.index, field.leaf]))
  const groups = parsed.row_groups.map((group, g): RowGroup => {
    const rows = checkedCount(group.num_rows, `the number of rows of row group ${g}`)
    if (group.columns.length !== leaves.length) {
      throw damaged(`row group ${g} has ${group.columns.length} columns, the schema ${leaves.length}`)
    }
    const chunks = group.columns.map((chunk, c) =>
      readChunk(chunk, leaves[c], byLeaf.get(c), `row group ${g}, column ${leaves[c].join('.')}`, fileSize),
    )
    return { rows, chunks }
  })
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  const said = checkedCount(parsed.num_rows, 'the number of rows')
  if (rows !== said) throw damaged(`the row groups have ${rows} rows, the file says ${said}`)
  return { ...annotate(fields, parsed), groups }
}

const ARROW_SCHEMA = 'ARROW:schema'

/** Fields and metadata with what the stored Arrow schema adds: fixed lengths, and metadata of its own. */
function annotate(fields: readonly Field[], parsed: FileMetaData): Pick<Footer, 'fields' | 'metadata'> {
  const own = new Map((parsed.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']))
  const blob = own.get(ARROW_SCHEMA)
  own.delete(ARROW_SCHEMA)
  const arrow = blob === undefined ? undefined : readArrowSchema(blob)
  if (arrow === undefined) return { fields, metadata: own }
  const matches = arrow.fields.length === fields.length
  const ofFields = arrow.fields.flatMap(field =>
    [...field.metadata].filter(([key]) => !/^(ARROW|PARQUET):/.test(key)),
  )
  return {
    fields: matches ? fields.map((field, i) => withLengths(field, arrow.fields[i])) : fields,
    metadata: new Map([...ofFields, ...arrow.metadata, ...own]),
  }
}

function withLengths(field: Field, arrow: ArrowField): Field {
  const { type, leaf } = field
  if (type.kind !== 'numbers' || leaf === undefined || arrow.name !== field.name) return field
  const declared = `${field.declared}${arrow.nesting.map(n => (n === 'list' ? '[]' : `[${n}]`)).join('')}`
  if (arrow.permuted)
    return { ...field, type: { kind: 'other' }, declared: `${declared} permuted`, leaf: undefined }
  const extra = arrow.nesting.length - type.nesting.length
  if (extra < 0 || arrow.nesting.every(n => n === 'list')) return field
  // Only a tensor has more dimensions than lists: its outermost list holds them all.
  const levels = lengthsOf(arrow.nesting, extra)
  const numbers: ColumnType = { ...type, nesting: arrow.nesting }
  return levels === undefined ? field : { ...field, type: numbers, declared, lengths: levels }
}

/** The length of each list of the file, a tensor's dimensions multiplied into its one. */
function lengthsOf(nesting: readonly (number | 'list')[], extra: number): (number | 'list')[] | undefined {
  const tensor = nesting.slice(0, extra + 1)
  if (extra === 0) return [...nesting]
  if (tensor.some(n => n === 'list')) return undefined
  return [(tensor as number[]).reduce((product, n) => product * n, 1), ...nesting.slice(extra + 1)]
}
