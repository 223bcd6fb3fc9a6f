import { basename } from 'node:path'
import type { InferredOptionTypes } from 'yargs'
import { shownPath } from '../../core/address.js'
import { withError } from '../../core/format-number.js'
import type { Columns, Row } from '../../core/table.js'
import {
  AGREEMENT_COLUMNS,
  AGREEMENT_SCHEMA,
  type Agreement,
  type GroupAgreement,
  groupAgreements,
} from '../../metrics/agreement.js'
import { groupByPattern } from '../../results/replicates.js'
import type { PopulationResult } from '../../pipeline/results.js'
import type { FoundAgreement } from '../../pipeline/agreement.js'
import { writeTable, tableFlags } from './tables.js'

export const AGREEMENT_FLAGS = tableFlags('agreement')

export type AgreementFlags = InferredOptionTypes<typeof AGREEMENT_FLAGS>

/** More models than this are shown one a line, without a matrix. */
const MOST_IN_MATRIX = 12
/** More pairs than this are left to the matrix and the files. */
const MOST_PAIRS = 15

/** Prints agreement, and writes `agreement.json`, `.csv` and `.parquet` if asked for. Errors: those of `writeTable`. */
export async function deliverAgreement(
  found: FoundAgreement,
  flags: AgreementFlags,
  {
    partial,
    replicates,
  }: { readonly partial?: PopulationResult['partial']; readonly replicates?: string | undefined } = {},
): Promise<void> {
  const { agreement, models, warnings, records, q, badRecords } = found
  const grouped =
    replicates === undefined ? undefined : groupAgreements(found.sums, groupByPattern(replicates))
  const { by, models: joined = [], column } = records.join ?? {}
  await writeTable(
    {
      name: 'agreement',
      schema: AGREEMENT_SCHEMA,
      columns: AGREEMENT_COLUMNS,
      rows: agreement.pairs as unknown as Row[],
      content: {
        models: models.map((model, i) => ({
          ...model,
          files: joined[i].paths.map(path => basename(shownPath(path))),
        })),
        agreement,
        bad_records: badRecords,
        ...(grouped === undefined ? {} : { replicates: grouped }),
        ...(partial === undefined ? {} : { partial }),
        options: { q, match: by ?? 'id', model_column: column ?? null },
      },
      warnings,
      shown: [...agreementTables(found), ...(grouped === undefined ? [] : [groupTable(grouped)])],
    },
    flags,
  )
}

/** Tables for people: the whole, each model, the matrix of agreement, and the pairs. */
function agreementTables({ agreement, models }: Agreement) {
  const { all, pairs, records, unmatched } = agreement
  return [
    {
      columns: ALL_COLUMNS,
      rows: [
        {
          models: models.length,
          records,
          unmatched,
          agreement: withError(all.agreement, all.agreement_se),
          'agreement of means': withError(all.ensemble_agreement, all.ensemble_agreement_se),
        },
      ],
    },
    ...(models.length > 2 ? [matrixOf(agreement, models)] : []),
    ...(pairs.length <= MOST_PAIRS
      ? [
          {
            columns: PAIR_COLUMNS,
            rows: pairs.map(
              (pair): Row => ({
                a: pair.a,
                b: pair.b,
                records: pair.records,
                agreement: withError(pair.agreement, pair.agreement_se),
                overlap: withError(pair.overlap, pair.overlap_se),
                cosine: withError(pair.cosine, pair.cosine_se),
              }),
            ),
          },
        ]
      : []),
  ]
}

function groupTable(groups: readonly GroupAgreement[]) {
  return {
    columns: { group: 'text', with: 'text', pairs: 'whole', agreement: 'text' } as const,
    rows: groups.map(
      ({ group_a, group_b, pairs, agreement, agreement_se }): Row => ({
        group: group_a,
        with: group_a === group_b ? 'itself' : group_b,
        pairs,
        agreement: withError(agreement, agreement_se),
      }),
    ),
  }
}

const ALL_COLUMNS: Columns = {
  models: 'whole',
  records: 'whole',
  unmatched: 'whole',
  agreement: 'text',
  'agreement of means': 'text',
}

const PAIR_COLUMNS: Columns = {
  a: 'text',
  b: 'text',
  records: 'whole',
  agreement: 'text',
  overlap: 'text',
  cosine: 'text',
}

/** Agreement of every two models, with the mean of each with the others; the models alone if there are many. */
function matrixOf({ pairs }: Agreement['agreement'], models: Agreement['models']) {
  const small = models.length <= MOST_IN_MATRIX
  const names = small ? models.map(({ model }) => model) : []
  const of = (a: string, b: string) =>
    pairs.find(pair => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a))?.agreement ?? null
  const columns: Columns = {
    model: 'text',
    'with others': 'text',
    ...Object.fromEntries(names.map(name => [name, 'text' as const])),
  }
  const rows = models.map(
    ({ model, agreement_with_others: value, agreement_with_others_se: se }): Row => ({
      model,
      'with others': withError(value, se),
      ...Object.fromEntries(
        names.map(name => [name, name === model ? '' : (of(model, name)?.toFixed(3) ?? '-')]),
      ),
    }),
  )
  return { columns, rows }
}
