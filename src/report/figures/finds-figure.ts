import { label } from './axes.js'
import type { Figure } from './figure.js'
import { findLogo } from '../finds.js'
import { element, formatNumber, shortened, visible } from '../markup.js'
import { consensusText, type FindView, type ModelView } from '../models.js'

const ROW = 64
const LOGO = 330
const WIDTH = 560

/** Words or clusters of a model one below the other, each with what it is most like. */
export function findsFigure(
  model: ModelView,
  kind: 'words' | 'clusters',
  finds: readonly FindView[],
  most: number,
): Figure {
  const rows = finds.slice(0, most).map((find, i) => {
    const { body, width } = findLogo(find, '', '')
    const { match } = find
    const y = 8 + i * ROW
    return [
      element('g', { transform: `translate(0 ${y}) scale(${Math.min(1, LOGO / width)})` }, body),
      label(LOGO + 14, y + 18, match === null ? consensusText(find) : shortened(match.name, 30), 'title'),
      label(
        LOGO + 14,
        y + 34,
        match === null
          ? ''
          : `${visible(match.id)}, r ${formatNumber(match.similarity, 2)}, p ${formatNumber(match.p, 3)}`,
        'note',
      ),
      label(LOGO + 14, y + 49, `${formatNumber(find.contribution_nats, 3)} nats`, 'note'),
    ].join('')
  })
  return {
    id: `${kind}-${model.anchor}`,
    title: `${model.name}: ${kind}`,
    description: `Sequence logos, up to 2 bits high, of ${rows.length} ${kind}, the heaviest first.`,
    width: WIDTH,
    height: 8 + Math.max(1, rows.length) * ROW,
    body: rows.join(''),
  }
}
