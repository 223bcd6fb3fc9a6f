import { axes, label, logarithmic } from './axes.js'
import type { Figure } from './figure.js'
import { element, escape, num, formatNumber, formatInteger } from '../markup.js'
import type { ModelView, ReadoutView } from '../models.js'

const WIDTH = 440
const HEIGHT = 340
const FRAME = { left: 62, right: WIDTH - 14, top: 12, bottom: HEIGHT - 44 }
/** Sizes of a spot. */
const SPOTS = 6
/** K-mers that are named, the heaviest first. */
const NAMED = 8

/** Shares of k-mers among the attributed ones against those in the prior, the heaviest named. */
export function spectrumFigure(model: ModelView, { spectrum, kmers }: ReadoutView): Figure {
  const { bins_per_decade: perDecade, prior_bin: priors, attributed_bin: attributed } = spectrum
  const middle = (bin: number) => 10 ** ((bin + 0.5) / perDecade)
  // Shares of the named k-mers follow from what is kept of each: its count, and its count if it followed the prior.
  const named = kmers.slice(0, NAMED).map(kmer => {
    const q = kmer.expected / model.attributedKmers
    return { ...kmer, p: kmer.count / model.attributedKmers, q, folded: kmer.reverse_complement !== null }
  })
  const x = logarithmic([...priors.map(middle), ...named.map(({ q }) => q)], [FRAME.left, FRAME.right])
  const y = logarithmic([...attributed.map(middle), ...named.map(({ p }) => p)], [FRAME.bottom, FRAME.top])
  const most = Math.max(1, ...spectrum.kmers)
  const spots = Array.from({ length: SPOTS }, () => '')
  for (const [i, prior] of priors.entries()) {
    const size = Math.round((SPOTS - 1) * Math.sqrt(Math.log1p(spectrum.kmers[i]) / Math.log1p(most)))
    spots[size] += `M${Math.round(x(middle(prior)))} ${Math.round(y(middle(attributed[i])))}h0`
  }
  const parts = [
    axes(FRAME, x, y, {
      x: `share of the ${model.k}-mer in the prior`,
      y: 'share among attributed k-mers',
    }),
    diagonal(x, y),
    ...spots.map((d, size) =>
      d === '' ? '' : element('path', { class: 'spot', 'stroke-width': 2.5 + 1.3 * size, d }),
    ),
  ]
  // Names stand in a column on the left, where above the line there is nothing, in the order of their spots.
  const column = FRAME.left + 14
  const places = named
    .toSorted((a, b) => b.p - a.p)
    .map(({ kmer }, i) => [kmer, FRAME.top + 10 + i * 13] as const)
  const heights = new Map(places)
  for (const { kmer, reverse_complement, p, q, count, expected, contribution_nats } of named) {
    const place = [x(q), y(p)]
    const name = reverse_complement === null ? kmer : `${kmer} / ${reverse_complement}`
    parts.push(
      element(
        'g',
        {
          class: 'tipped',
          tabindex: 0,
          role: 'img',
          'aria-label': `${name}: ${formatInteger(count)} attributed, ${formatNumber(expected, 1)} expected`,
          'data-tip': `${name}\n${formatInteger(count)} attributed, ${formatNumber(expected, 1)} expected\n${formatNumber(contribution_nats, 4)} nats`,
        },
        element('circle', { class: 'dot s1', cx: place[0], cy: place[1], r: 4 }),
      ),
    )
    const height = heights.get(kmer) as number
    const start = column + kmer.length * 7.2 + 4
    parts.push(
      element('path', {
        class: 'lead',
        d: `M${num(start)} ${num(height - 3.5)}L${num(place[0] - 4)} ${num(place[1])}`,
      }),
      label(column, height, kmer, 'letters'),
    )
  }
  return {
    id: `kmers-${model.anchor}`,
    title: `${model.name}: k-mers against the prior`,
    short: 'K-mers against the prior',
    description: `Each spot is a bin of k-mers, larger where it holds more; the line is where attribution follows the prior. The ${named.length} heaviest are named${named.some(({ folded }) => folded) ? ', each with its reverse complement' : ''}.`,
    width: WIDTH,
    height: HEIGHT,
    body: parts.join(''),
  }
}

function diagonal(x: (value: number) => number, y: (value: number) => number): string {
  const points: [number, number][] = []
  for (let e = -12; e <= 0; e += 0.05) {
    const at = 10 ** e
    const place: [number, number] = [x(at), y(at)]
    if (place[0] < FRAME.left || place[0] > FRAME.right || place[1] < FRAME.top || place[1] > FRAME.bottom)
      continue
    points.push(place)
  }
  if (points.length < 2) return ''
  const [first, last] = [points[0], points[points.length - 1]]
  return element('path', {
    class: 'front',
    d: `M${num(first[0])} ${num(first[1])}L${num(last[0])} ${num(last[1])}`,
  })
}

/** Shares of k-mers by rank, among the attributed ones and in the prior. */
export function rankFigure(model: ModelView, { spectrum }: ReadoutView): Figure {
  const { ranks, attributed_shares: attributed, prior_shares: prior } = spectrum
  const x = logarithmic(ranks, [FRAME.left, FRAME.right])
  const y = logarithmic([...attributed, ...prior], [FRAME.bottom, FRAME.top])
  const curve = (shares: readonly number[]) =>
    ranks
      .flatMap((rank, i) => (shares[i] > 0 ? [`${num(x(rank))} ${num(y(shares[i]))}`] : []))
      .map((place, i) => (i === 0 ? `M${place}` : `L${place}`))
      .join('')
  return {
    id: `ranks-${model.anchor}`,
    title: `${model.name}: k-mers by rank`,
    short: 'K-mers by rank',
    description: 'Shares of k-mers in descending order, among the attributed ones and in the prior.',
    width: WIDTH,
    height: HEIGHT,
    body: [
      axes(FRAME, x, y, { x: `rank of the ${model.k}-mer`, y: 'its share' }),
      element('path', { class: 'curve s0', 'stroke-dasharray': '5 3', d: curve(prior) }),
      element('path', { class: 'curve s1', d: curve(attributed) }),
      key(FRAME.left + 12, FRAME.bottom - 26),
    ].join(''),
  }
}

function key(x: number, y: number): string {
  return [
    element('path', { class: 'curve s1', d: `M${x} ${y}h22` }),
    element('text', { x: x + 28, y: y + 3.5, class: 'note' }, escape('attributed')),
    element('path', { class: 'curve s0', 'stroke-dasharray': '5 3', d: `M${x} ${y + 15}h22` }),
    element('text', { x: x + 28, y: y + 18.5, class: 'note' }, escape('prior')),
  ].join('')
}
