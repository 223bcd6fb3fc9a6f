import type { Figure } from './figures/figure.js'
import { inlineSvg } from './figures/figure.js'
import { informationHeights, logo } from './figures/logo.js'
import { element, escape, named, num, formatNumber, formatInteger } from './markup.js'
import { consensusText, type FindView, type ModelView, type ReadoutView } from './models.js'

const STEP = 14
const HEIGHT = 48

/** The logo of a word or cluster, uninformative ends left out. */
export function findLogo(find: FindView, id: string, title: string): Figure {
  const heights = informationHeights(find.matrix)
  const tells = heights.map(column => column.reduce((sum, height) => sum + height, 0) > 0.08)
  const start = Math.max(0, tells.indexOf(true))
  const shownHeights = heights.slice(start, tells.lastIndexOf(true) + 1)
  const width = Math.max(1, shownHeights.length) * STEP
  return {
    id,
    title,
    description: `Sequence logo, up to 2 bits high: ${consensusText(find)}.`,
    width: width + 22,
    height: HEIGHT + 4,
    body: [
      element('path', { class: 'axis', d: `M18 2V${HEIGHT}H${width + 20}M15 2h3M15 ${HEIGHT / 2 + 1}h3` }),
      element('text', { class: 'tick', x: 12, y: 10, 'text-anchor': 'end' }, '2'),
      element('text', { class: 'tick', x: 12, y: HEIGHT, 'text-anchor': 'end' }, '0'),
      element(
        'g',
        { transform: `translate(20 ${HEIGHT})` },
        logo(shownHeights, { step: STEP, scale: (HEIGHT - 2) / 2, least: 1 }),
      ),
    ].join(''),
  }
}

/** Words and clusters of a model as cards: logo, what it is most like, and its part. */
export function findCards(
  model: ModelView,
  readout: ReadoutView,
  kind: 'words' | 'clusters',
  most: number,
): string {
  const list: readonly (FindView & { readonly share?: number; readonly points?: number })[] = readout[kind]
  const cards = list.slice(0, most).map((find, i) => {
    const figure = findLogo(
      find,
      `${kind === 'words' ? 'word' : 'cluster'}-${i + 1}-${model.anchor}`,
      `${model.name}: ${kind === 'words' ? 'word' : 'cluster'} ${i + 1}`,
    )
    const { match } = find
    const motif =
      match === null
        ? ''
        : element(
            'p',
            { class: 'motif' },
            `${match.p <= 0.05 ? `<b>${named(match.name)}</b>` : named(match.name)} <span>${named(match.id)}, r ${formatNumber(match.similarity, 2)}, p ${formatNumber(match.p, 3)}</span>`,
          )
    const part =
      kind === 'words'
        ? `${(find.kmers ?? []).length} k-mers, ${formatNumber(find.contribution_nats, 3)} nats`
        : `${formatInteger(find.points)} points, ${formatNumber(100 * (find.share ?? 0), 1)} % of the KLD`
    return element(
      'li',
      { class: 'find' },
      element('span', { class: 'place' }, num(i + 1)),
      inlineSvg(figure),
      element('p', { class: 'consensus' }, element('code', {}, escape(consensusText(find)))),
      motif,
      element('p', { class: 'part' }, escape(part)),
    )
  })
  const rest = list.length - cards.length
  return (
    element('ol', { class: 'finds' }, ...cards) +
    (rest > 0 ? element('p', { class: 'hint' }, `${rest} lighter ones are in scores.json.`) : '')
  )
}
