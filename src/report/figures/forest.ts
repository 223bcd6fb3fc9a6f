import { halfWidth95 } from '../../stats/jackknife.js'
import { label, linear, formatWithError } from './axes.js'
import type { Figure } from './figure.js'
import { element, formatNumber, num, shortened } from '../markup.js'
import type { ReportedStatistic, ModelView } from '../models.js'
import { colourClass, legend, modelPoint, type Strata } from './symbols.js'

const WIDTH = 440
const ROW = 19
const LEFT = 158

/** Every model's consistency under one metric, one below the other, with bars of one standard error and of the 95% interval. */
export function forest(
  models: readonly ModelView[],
  metric: 'kmer' | 'angular',
  consistency: ReportedStatistic,
  strata: Strata,
): Figure {
  const name = metric === 'kmer' ? 'k-mer' : 'angular'
  const rows = models.flatMap(model => {
    const value = consistency.of(model[metric])
    const se = consistency.se(model[metric])
    const groups = model.sampled.groups.length
    return value === null
      ? []
      : [{ model, value, se, reach: groups < 2 ? 0 : halfWidth95(groups) * (se ?? 0) }]
  })
  const key = legend(strata, WIDTH - LEFT)
  const top = 8 + key.height
  const bottom = top + rows.length * ROW
  const x = linear(
    rows.flatMap(({ value, reach }) => formatWithError(value, reach)),
    [LEFT, WIDTH - 16],
    { zero: true },
  )
  const parts = [
    element('g', { transform: `translate(${LEFT} 4)` }, key.body),
    element('path', {
      class: 'grid',
      d: x.ticks.map(({ value }) => `M${num(x(value))} ${num(top)}V${num(bottom)}`).join(''),
    }),
    element('path', { class: 'zero', d: `M${num(x(0))} ${num(top)}V${num(bottom)}` }),
    ...x.ticks.map(({ value, text }) => label(x(value), bottom + 14, text, 'tick', 'middle')),
    label((LEFT + WIDTH - 16) / 2, bottom + 32, `${name}: ${consistency.label}`, 'label', 'middle'),
  ]
  for (const [i, { model, value, se, reach }] of rows.entries()) {
    const y = top + (i + 0.5) * ROW
    parts.push(label(LEFT - 10, y + 4, shortened(model.name, 24), 'tick', 'end'))
    if (se !== null && se > 0) {
      const style = colourClass(strata, model.name)
      parts.push(
        element('path', {
          class: `bar ${style}`,
          d: `M${num(x(value - reach))} ${num(y)}H${num(x(value + reach))}`,
        }),
        element('path', {
          class: `bar ${style}`,
          'stroke-width': 4,
          d: `M${num(x(value - se))} ${num(y - 2.5)}V${num(y + 2.5)}M${num(x(value + se))} ${num(y - 2.5)}V${num(y + 2.5)}`,
        }),
      )
    }
    const error = se === null ? '' : ` ± ${formatNumber(se)}`
    parts.push(modelPoint(model, x(value), y, strata, `${name} ${formatNumber(value)}${error} nats`))
  }
  return {
    id: `consistency-${metric}`,
    title: `Consistency of each model, ${name} metric`,
    description: `One point per model: ${consistency.label}. Ticks are at one standard error; lines are 95% intervals.`,
    width: WIDTH,
    height: bottom + 42,
    body: parts.join(''),
  }
}
