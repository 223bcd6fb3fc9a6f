import { label } from './axes.js'
import type { Figure } from './figure.js'
import { informationHeights, logo } from './logo.js'
import { element, num, shortened, visible } from '../markup.js'

/** One sequence with the maps of several models over it. */
export interface ShownMap {
  readonly id: string
  /** Base codes of the positions that are shown. */
  readonly sequence: Uint8Array
  /** Where those begin in the whole sequence, and how long that is. */
  readonly start: number
  readonly length: number
  /** Shares of bases by position, or labels as ones and zeros, of the positions that are shown. */
  readonly truth:
    | { readonly kind: 'probabilities'; readonly values: readonly (readonly number[])[] }
    | { readonly kind: 'labels'; readonly values: readonly number[] }
    | null
  /** The corrected map at the observed base, by position shown. */
  readonly maps: readonly { readonly model: string; readonly scores: Float64Array }[]
}

const STEP = 7
const LEFT = 46
/** Units of a model's row: its name, and its letters. */
const NAME = 15
const LETTERS = 52
const TRUTH = 34

/** Maps of one sequence, models one below the other, what is true on top; every model's own scale. */
export function mapFigure(shownMap: ShownMap, index: number): Figure {
  const { id, sequence, start, length, truth, maps } = shownMap
  const across = sequence.length * STEP
  const parts: string[] = []
  let y = 4
  if (truth !== null) {
    parts.push(label(LEFT, y + 10, 'ground truth', 'title'))
    y += NAME + TRUTH
    parts.push(
      element(
        'g',
        { transform: `translate(${LEFT} ${y})` },
        truth.kind === 'probabilities'
          ? logo(informationHeights(truth.values), { step: STEP, scale: TRUTH / 2, least: 1 })
          : element('path', {
              class: 'quiet',
              stroke: 'none',
              d: truth.values
                .map((value, i) => (value === 1 ? `M${num(i * STEP)} 0h${STEP}v-12h-${STEP}z` : ''))
                .join(''),
            }),
        element('path', { class: 'axis', d: `M0 0H${across}` }),
      ),
    )
    y += 12
  }
  for (const { model, scores } of maps) {
    const high = Math.max(0, ...scores)
    const low = Math.min(0, ...scores)
    const unit = LETTERS / (high - low || 1)
    const line = y + NAME + high * unit
    parts.push(
      label(LEFT, y + 10, shortened(model, 80), 'title'),
      element('path', { class: 'axis', d: `M${LEFT} ${num(y + NAME)}v${LETTERS}` }),
    )
    if (high > 0) parts.push(label(LEFT - 5, y + NAME + 4, decimal(high), 'tick', 'end'))
    if (low < 0) parts.push(label(LEFT - 5, y + NAME + LETTERS + 3, decimal(low), 'tick', 'end'))
    parts.push(
      element(
        'g',
        { transform: `translate(${LEFT} ${num(line)})` },
        logo(lettersOf(sequence, scores), { step: STEP, scale: unit, least: 0.6 }),
        element('path', { class: 'axis', d: `M0 0H${across}` }),
      ),
    )
    y += NAME + LETTERS + 8
  }
  for (let at = Math.ceil(start / 20) * 20; at < start + sequence.length; at += 20)
    parts.push(label(LEFT + (at - start + 0.5) * STEP, y + 8, String(at), 'tick', 'middle'))
  const part =
    sequence.length === length ? '' : `, positions ${start} to ${start + sequence.length} of ${length}`
  return {
    id: `map-${index + 1}`,
    title: `Maps of ${visible(id)}`,
    description: `Letters are the observed bases; heights are the corrected map there, below the line if negative${part}.`,
    width: LEFT + across + 12,
    height: y + 16,
    body: parts.join(''),
  }
}

/** The observed base alone has a height. */
function lettersOf(sequence: Uint8Array, scores: Float64Array): number[][] {
  return Array.from(scores, (score, i) => {
    const column = [0, 0, 0, 0]
    if (sequence[i] < 4) column[sequence[i]] = score
    return column
  })
}

function decimal(value: number): string {
  return String(Number(value.toPrecision(2))).replace('-', '−')
}
