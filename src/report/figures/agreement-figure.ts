import { agnes } from 'ml-hclust'
import type { ScoreDocument } from '../../results/document.js'
import { label } from './axes.js'
import type { Figure } from './figure.js'
import { element, escape, formatNumber, isolated, num, shortened } from '../markup.js'

/** What is drawn of every two models, by row and column; null where there is none. */
type Matrix = readonly (readonly (number | null)[])[]

const LEFT = 168
const TOP = 12
/** Sizes of a cell: numbers are written into those of the first kind. */
const LARGE = 46
const SMALL = 14
const MOST_LARGE = 16

/** The agreement of every two models, those that agree next to each other. undefined for one model. */
export function agreementFigure(
  { models, pairs }: NonNullable<ScoreDocument['agreement']>,
  anchorOf: (model: string) => string | undefined,
): Figure | undefined {
  if (models.length < 2) return undefined
  const byNames = new Map(
    pairs.flatMap(pair => [[keyOf(pair.a, pair.b), pair] as const, [keyOf(pair.b, pair.a), pair] as const]),
  )
  const pairOf = (a: string, b: string) => byNames.get(keyOf(a, b))
  const order = orderOf(models.map(a => models.map(b => (a === b ? 1 : (pairOf(a, b)?.agreement ?? null)))))
  const names = order.map(i => models[i])
  const cell = names.length > MOST_LARGE ? SMALL : LARGE
  const size = cell * names.length
  const parts: string[] = []
  for (const [i, a] of names.entries()) {
    const y = TOP + i * cell
    parts.push(label(LEFT - 8, y + cell / 2 + 4, shortened(a, 26), 'tick', 'end'))
    parts.push(
      element(
        'g',
        { transform: `translate(${num(LEFT + (i + 0.5) * cell + 4)} ${num(TOP + size + 8)}) rotate(-60)` },
        label(0, 0, shortened(a, 22), 'tick', 'end'),
      ),
    )
    for (const [j, b] of names.entries()) {
      const pair = pairOf(a, b)
      const value = pair?.agreement ?? null
      if (i === j || pair === undefined || value === null) continue
      const tip = `${isolated(a)}\n${isolated(b)}\nagreement ${formatNumber(value)}${pair.agreement_se === null ? '' : ` ± ${formatNumber(pair.agreement_se)}`}\n${pair.records} maps`
      const x = LEFT + j * cell
      parts.push(
        element(
          'g',
          {
            class: 'tipped',
            'data-tip': tip,
            'data-model': anchorOf(a),
            tabindex: i < j ? undefined : 0,
            role: 'img',
            'aria-label': tip,
          },
          element('rect', {
            class: 'heat',
            x: x + 0.5,
            y: y + 0.5,
            width: cell - 1,
            height: cell - 1,
            'fill-opacity': Math.max(0, Math.min(1, value)),
          }),
          cell === LARGE
            ? element(
                'text',
                {
                  class: value > 0.55 ? 'onheat' : 'tick',
                  x: x + cell / 2,
                  y: y + cell / 2 + 4,
                  'text-anchor': 'middle',
                },
                escape(formatNumber(value, 2)),
              )
            : '',
        ),
      )
    }
  }
  return {
    id: 'agreement',
    title: 'Agreement of every two models',
    description:
      'Mean agreement of their maps of the same sequences: the darker, the more alike, 1 for the same map and 0 for none in common. Models are ordered by clustering (average linkage).',
    width: LEFT + size + 16,
    height: TOP + size + 20 + 5.2 * Math.min(22, Math.max(...models.map(name => name.length))),
    body: parts.join(''),
  }
}

const keyOf = (a: string, b: string) => JSON.stringify([a, b])

/** The models in the order of the leaves of their tree, by average linkage over 1 - agreement; pairs without one are far apart. */
export function orderOf(agreement: Matrix): number[] {
  const distances = agreement.map((row, i) => row.map((value, j) => (i === j ? 0 : 1 - (value ?? 0))))
  return agnes(distances, { method: 'average', isDistanceMatrix: true }).indices()
}
