import { label, linear, withError } from './axes.js'
import type { Figure } from './figure.js'
import { element, num, shown } from './markup.js'
import type { Consistency, ModelView } from './models.js'
import { shortened } from './names.js'
import { colourClass, legend, modelPoint, type Strata } from './symbols.js'

const WIDTH = 440
const ROW = 19
const LEFT = 158

/** Every model's consistency under one metric, one below the other, with bars of one and 1.96 standard errors. */
export function forest(
  models: readonly ModelView[],
  metric: 'kmer' | 'angular',
  consistency: Consistency,
  strata: Strata,
): Figure {
  const name = metric === 'kmer' ? 'k-mer' : 'angular'
  const rows = models.flatMap(model => {
    const value = consistency.of(model[metric])
    return value === null ? [] : [{ model, value, se: consistency.se(model[metric]) }]
  })
  const key = legend(strata, WIDTH - LEFT)
  const top = 8 + key.height
  const bottom = top + rows.length * ROW
  const x = linear(
    rows.flatMap(({ value, se }) => withError(value, 1.96 * (se ?? 0))),
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
  for (const [i, { model, value, se }] of rows.entries()) {
    const y = top + (i + 0.5) * ROW
    parts.push(label(LEFT - 10, y + 4, shortened(model.name, 24), 'tick', 'end'))
    if (se !== null && se > 0) {
      const style = colourClass(strata, model.name)
      parts.push(
        element('path', {
          class: `bar ${style}`,
          d: `M${num(x(value - 1.96 * se))} ${num(y)}H${num(x(value + 1.96 * se))}`,
        }),
        element('path', {
          class: `bar ${style}`,
          'stroke-width': 4,
          d: `M${num(x(value - se))} ${num(y - 2.5)}V${num(y + 2.5)}M${num(x(value + se))} ${num(y - 2.5)}V${num(y + 2.5)}`,
        }),
      )
    }
    const error = se === null ? '' : ` ± ${shown(se)}`
    parts.push(modelPoint(model, x(value), y, strata, `${name} ${shown(value)}${error} nats`))
  }
  return {
    id: `consistency-${metric}`,
    title: `Consistency of each model, ${name} metric`,
    description: `A point a model: ${consistency.label}. Ticks are at one standard error, lines reach to 1.96.`,
    width: WIDTH,
    height: bottom + 42,
    body: parts.join(''),
  }
}
