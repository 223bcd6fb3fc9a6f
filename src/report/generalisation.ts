import { about, drawn, figures, hint } from './blocks.js'
import { type Front, frontOf, type Performance, performanceOf } from './front.js'
import { escape, named } from './markup.js'
import { consistencyView, METRIC_NAMES, NAMED_METRICS, type MetricName, type ModelView } from './models.js'
import { generalisationFigure } from './figures/overview-figures.js'
import type { ReportInput } from './input.js'
import type { Strata } from './figures/symbols.js'
import { numberCell, table, type TableCell, type TableColumn, textCell } from './tables.js'

/** Generalisation against consistency, and the models that no other beats by them. */
export function generalisationSection(
  models: readonly ModelView[],
  strata: Strata,
  input: ReportInput,
): string {
  const performance = performanceOf(input)
  if (performance === undefined) {
    return hint(
      `How well the models generalise is not known here. Give a table with a column <code>model</code> and one of a figure, such as AUROC: <code>attrstream report … --performance models.csv</code>`,
    )
  }
  const name = escape(performance.table.name)
  const { column, lower, of } = performance
  const known = models.filter(model => of(model) !== null)
  const missing = models.length - known.length
  const plots = drawn(metric => generalisationFigure(models, metric, strata, performance))
  if (plots.length === 0) {
    return hint(
      `None of the models is in <code>${name}</code>: its column <code>model</code> must have their names.`,
    )
  }
  return (
    about('Of models that predict about equally well, those higher up are the ones worth interpreting.') +
    figures(...plots) +
    about(
      `The models that no other beats once errors count, by ${escape(column)} (${lower ? 'lower' : 'higher'} is better) and either consistency or both, as <code>attrstream select</code> finds them.`,
    ) +
    frontTable(models, known, performance) +
    (missing > 0 ? hint(`${missing} of ${models.length} models have no ${escape(column)} in ${name}.`) : '')
  )
}

/** Axes in addition to performance of each front that is shown. */
const FRONTS: readonly (readonly [head: string, metrics: readonly MetricName[]])[] = [
  [METRIC_NAMES.kmer, ['kmer']],
  [METRIC_NAMES.angular, ['angular']],
  ['both', ['kmer', 'angular']],
]

function frontTable(
  models: readonly ModelView[],
  known: readonly ModelView[],
  performance: Performance,
): string {
  const { column, lower, of, se } = performance
  const columns: TableColumn[] = [
    { head: 'model', numeric: false },
    { head: column, about: lower ? 'lower is better' : 'higher is better', numeric: true },
    ...NAMED_METRICS.map(([metric, head]) => ({
      head,
      about: consistencyView(models, metric).label,
      group: 'consistency (nats)',
      numeric: true,
    })),
    ...FRONTS.map(([head]) => ({
      head,
      about: `by ${column} and ${head === 'both' ? 'both consistencies' : `${head} consistency`}`,
      group: `on the front by ${column} and`,
      numeric: false,
    })),
  ]
  const fronts = FRONTS.map(([, metrics]) => frontOf(models, performance, metrics))
  return table(
    'front',
    'Models that no other beats, errors taken into account',
    columns,
    known.map(model => ({
      anchor: model.anchor,
      cells: [
        textCell(model.name),
        numberCell(of(model), 4, se(model)),
        ...NAMED_METRICS.map(([metric]) => {
          const consistency = consistencyView(models, metric)
          return numberCell(consistency.of(model[metric]), 3, consistency.se(model[metric]))
        }),
        ...fronts.map(front => placeCell(model, front)),
      ],
    })),
  )
}

/** Whether a model is on a front, as `select` says it. */
function placeCell({ name }: ModelView, { unbeaten, beatenBy }: Front): TableCell {
  const by = beatenBy.get(name)?.name
  if (by !== undefined) return { html: `beaten by ${named(by)}`, value: `beaten by ${by}` }
  return unbeaten.has(name) ? textCell('yes') : { html: '–', value: null }
}
