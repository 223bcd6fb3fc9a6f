import { about, figureBlock, hint } from './blocks.js'
import { curves } from './figures/curves.js'
import { element, formatNumber } from './markup.js'
import type { Figure } from './figures/figure.js'
import { NAMED_METRICS, type ModelView, type SweepView } from './models.js'

interface Panel {
  readonly name: string
  readonly rows: ReadonlyMap<string, readonly SweepView[]>
}

/** Sensitivity to the options, from sweeps: a panel for each value of one option, curves over the other. */
export function sweepSection(models: readonly ModelView[]): string {
  const figures = sweepFigures(models)
  if (figures.length === 0) {
    return hint(
      'No sweep over options was scored. Values joined by commas are scored in one pass, for example <code>attrstream score … --sweep q=0.8,0.9,0.95 --sweep window=1,3,5</code>.',
    )
  }
  return (
    about(
      `Every setting in the same pass, ${valueOf(models).label}. The paper chooses the setting at which the KLDs of models are spread the most; each panel says where the values that it shows are.`,
    ) + element('div', { class: 'figures small' }, ...figures.map(figure => figureBlock(figure)))
  )
}

/** The panels of both metrics as figures; none where nothing was swept. */
export function sweepFigures(models: readonly ModelView[]): Figure[] {
  const { of, se, label } = valueOf(models)
  return NAMED_METRICS.flatMap(([metric, name]) => {
    const { panels, x } = panelsOf(models, metric)
    return panels.map((panel, i) => {
      const list = [...panel.rows].flatMap(([anchor, rows]) => {
        const model = models.find(model => model.anchor === anchor)
        const points = rows.flatMap(row => {
          const y = of(row)
          const at = x.of(row)
          return y === null || at === null ? [] : [{ x: at, y, se: se(row) }]
        })
        return model === undefined || points.length === 0
          ? []
          : [{ name: model.name, anchor, style: `s${models.indexOf(model) % 8}`, points }]
      })
      return curves(list, {
        id: `sweep-${metric}-${i + 1}`,
        title: `${name[0].toUpperCase()}${name.slice(1)} metric, ${panel.name}`,
        description: spreadText(list, x.name),
        x: x.name,
        y: `${name}: ${label}`,
        logarithmic: false,
        width: 400,
        height: 280,
      })
    })
  })
}

function valueOf(models: readonly ModelView[]) {
  const rows = models.flatMap(({ sweep }) => sweep)
  return rows.some(({ values }) => values.cv !== null)
    ? {
        label: 'cross-validated consistency (nats)',
        of: ({ values }: SweepView) => values.cv,
        se: ({ values }: SweepView) => values.cvSe,
      }
    : {
        label: 'KLD (nats)',
        of: ({ values }: SweepView) => values.kld,
        se: ({ values }: SweepView) => values.se,
      }
}

/** Rows by panel and model. The option with more values goes along, the other makes the panels. */
function panelsOf(models: readonly ModelView[], metric: 'kmer' | 'angular') {
  const rows = models.flatMap(({ anchor, sweep }) =>
    sweep.filter(row => row.metric === metric).map(row => ({ anchor, row })),
  )
  const width = { name: metric === 'kmer' ? 'k' : 'window', of: ({ width }: SweepView) => width }
  const cut = {
    name: rows.some(({ row }) => row.top !== null) ? 'top fraction' : 'quantile q',
    of: ({ q, top }: SweepView) => q ?? top,
  }
  const different = (of: (row: SweepView) => number | null) => new Set(rows.map(({ row }) => of(row))).size
  const [x, facet] = different(cut.of) >= different(width.of) ? [cut, width] : [width, cut]
  const values = [...new Set(rows.map(({ row }) => facet.of(row)))].toSorted((a, b) => (a ?? 0) - (b ?? 0))
  const panels: Panel[] = values.map(value => {
    const inside = new Map<string, SweepView[]>()
    for (const { anchor, row } of rows) {
      if (facet.of(row) !== value) continue
      inside.set(anchor, [...(inside.get(anchor) ?? []), row])
    }
    for (const [anchor, list] of inside)
      inside.set(
        anchor,
        list.toSorted((a, b) => (x.of(a) ?? 0) - (x.of(b) ?? 0)),
      )
    return { name: `${facet.name} = ${value ?? '–'}`, rows: inside }
  })
  return { panels, x }
}

/** Where values of models are spread the most: their standard deviation over models. */
function spreadText(
  list: readonly { readonly points: readonly { readonly x: number; readonly y: number }[] }[],
  name: string,
): string {
  const spreads = [...new Set(list.flatMap(({ points }) => points.map(({ x }) => x)))].map(x => {
    const values = list.flatMap(({ points }) => points.filter(point => point.x === x).map(({ y }) => y))
    const mean = values.reduce((sum, y) => sum + y, 0) / values.length
    return {
      x,
      sd: Math.sqrt(values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / Math.max(1, values.length - 1)),
    }
  })
  if (list.length < 2 || spreads.length < 2) return 'One curve per model, with a band of one standard error.'
  const most = spreads.reduce((best, spread) => (spread.sd > best.sd ? spread : best))
  return `Models are spread the most at ${name} = ${most.x} (standard deviation ${formatNumber(most.sd)}).`
}
