import { DrawsWithout } from './left-out-draws.js'
import { FourDraws } from './four-draws.js'
import { Alias } from './random.js'
import { timesLog } from './sums-of-logs.js'

/** Draws that a null is the mean of; made four at a time. */
export const MULTINOMIAL_DRAWS = 64
/** Above this many words per cell the closed form is as good as the draws. */
const CLOSED_FORM_FROM = 50
const SEED = 0x6b6d6572
/** What makes the draws, as results name it. */
export const MULTINOMIAL_GENERATOR = 'sfc32, seed 6b6d6572'

/** What as many words drawn from the prior alone score, in nats. */
export interface MultinomialNull {
  readonly how: 'draws' | 'closed form'
  readonly value: number
  /** The same without each group in turn: closed form, or the same draws less those made for the group; none where not asked for. */
  readonly left: Float64Array
}

/**
 * The mean KLD from the prior of 64 draws of as many words as there are, from a fixed seed; or, for more than 50 words a
 * cell, its closed form (cells above 0, less one) / (2 N).
 *
 * Words are drawn group by group, so that a group and its draws can be left out together.
 *
 * @param sizes Words of each group.
 * @param prior Weights of the cells.
 * @param priorWithout Weights of the cells without a group; the prior itself where it does not depend on
 * groups. What it returns is used before the next call. NaN is the null where they are all 0. Where undefined, groups are not left out.
 */
export function multinomialNull(
  sizes: ArrayLike<number>,
  prior: ArrayLike<number>,
  priorWithout?: (group: number) => ArrayLike<number>,
): MultinomialNull {
  let total = 0
  for (let g = 0; g < sizes.length; g++) total += sizes[g]
  if (total > CLOSED_FORM_FROM * prior.length) {
    const left = new Float64Array(priorWithout === undefined ? 0 : sizes.length)
    for (let g = 0; g < left.length; g++) left[g] = closedForm(priorWithout?.(g) ?? prior, total - sizes[g])
    return { how: 'closed form', value: closedForm(prior, total), left }
  }
  return { how: 'draws', ...byDraws(sizes, total, prior, priorWithout) }
}

function closedForm(prior: ArrayLike<number>, words: number): number {
  let cells = 0
  for (let x = 0; x < prior.length; x++) if (prior[x] > 0) cells++
  return (cells - 1) / (2 * words)
}

/**
 * With d the drawn counts and N their sum, D(d/N ‖ q) = 1/N · (sum d ln d - sum d ln q) - ln N. The second sum is linear in
 * d, so that the draws are taken all together.
 */
function byDraws(
  sizes: ArrayLike<number>,
  total: number,
  prior: ArrayLike<number>,
  priorWithout: undefined | ((group: number) => ArrayLike<number>),
): { value: number; left: Float64Array } {
  const groups = sizes.length
  const alias = new Alias(prior)
  const draws = new FourDraws(alias, total)
  const make = (draw: number, group: number, at: number) =>
    draws.draw(
      [seedOf(draw, group), seedOf(draw + 1, group), seedOf(draw + 2, group), seedOf(draw + 3, group)],
      sizes[group],
      at,
    )
  const without =
    priorWithout &&
    new DrawsWithout({
      draws: MULTINOMIAL_DRAWS,
      sizes,
      prior,
      priorWithout,
      alias,
      seedOf: (draw, g) => seedOf(draw, g + groups),
    })
  const drawn = new Float64Array(prior.length)
  let spread = 0 // sum over draws of sum d ln d
  for (let draw = 0; draw < MULTINOMIAL_DRAWS; draw += 4) {
    draws.clear()
    for (let g = 0, at = 0; g < groups; at += sizes[g++]) make(draw, g, at)
    for (const [i, made] of draws.each.entries()) {
      const sum = addUp(made.counts, drawn)
      spread += sum
      without?.add(draw + i, made, sum)
    }
  }
  const logs = new Float64Array(prior.length)
  const left = new Float64Array(without === undefined ? 0 : groups)
  for (let g = 0; g < left.length; g++) {
    if (without === undefined || priorWithout === undefined) break
    logarithms(priorWithout(g), logs)
    let likelihood = dot(drawn, logs) + without.likelihoodDrawnAgain(g, logs)
    // The words of the group are drawn once more: kept, they would take 64 times the memory.
    for (let draw = 0; draw < MULTINOMIAL_DRAWS; draw += 4) {
      make(draw, g, 0)
      for (const { words } of draws.each) likelihood -= sumAt(logs, words, sizes[g])
    }
    left[g] = without.ownsAll(g) ? Number.NaN : divergenceOf(without.spread(g), likelihood, total - sizes[g])
  }
  logarithms(prior, logs)
  return { value: divergenceOf(spread, dot(drawn, logs), total), left }
}

/** The sum of d ln d over the counts of a draw, which are added to those of all draws. */
function addUp(counts: Int32Array, drawn: Float64Array): number {
  let sum = 0
  for (let x = 0; x < counts.length; x++) {
    const count = counts[x]
    if (count === 0) continue
    sum += timesLog(count)
    drawn[x] += count
  }
  return sum
}

/** Sum of the values of the first `count` words. */
function sumAt(values: Float64Array, words: Int32Array, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[words[i]]
  return sum
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let x = 0; x < a.length; x++) sum += a[x] * b[x]
  return sum
}

/** The mean of the draws' divergences from their sums; 0 for no words. */
function divergenceOf(spread: number, likelihood: number, words: number): number {
  return words === 0 ? 0 : (spread - likelihood) / (MULTINOMIAL_DRAWS * words) - Math.log(words)
}

/** ln of the weights' shares, 0 for cells without a weight, where nothing that counts is drawn. */
function logarithms(weights: ArrayLike<number>, logs: Float64Array): void {
  let sum = 0
  for (let x = 0; x < weights.length; x++) sum += weights[x]
  for (let x = 0; x < weights.length; x++) logs[x] = weights[x] > 0 ? Math.log(weights[x] / sum) : 0
}

function seedOf(draw: number, group: number): number {
  return (SEED + draw * 128 + group) | 0
}
