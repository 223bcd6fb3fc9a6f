import { Alias, type Random, sfc32 } from './random.js'

/** Draws that a null is the mean of. */
export const MULTINOMIAL_DRAWS = 64
/** Above so many words for each cell the closed form is as good as the draws. */
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
    return {
      how: 'closed form',
      value: closedForm(prior, total),
      left: Float64Array.from(priorWithout === undefined ? [] : Array.from(sizes), (size, g) =>
        closedForm(priorWithout?.(g) ?? prior, total - size),
      ),
    }
  }
  return { how: 'draws', ...byDraws(sizes, total, prior, priorWithout) }
}

function closedForm(prior: ArrayLike<number>, words: number): number {
  let cells = 0
  for (let x = 0; x < prior.length; x++) if (prior[x] > 0) cells++
  return (cells - 1) / (2 * words)
}

/**
 * With d the drawn counts and N their sum, D(d/N ‖ q) = 1/N · (sum d ln d - sum d ln q) - ln N. The first sum changes
 * without a group in the cells it drew only; of the second, linear in d, the draws are taken all together. Words drawn
 * for the others that no other group has are drawn again.
 */
function byDraws(
  sizes: ArrayLike<number>,
  total: number,
  prior: ArrayLike<number>,
  priorWithout: undefined | ((group: number) => ArrayLike<number>),
): { value: number; left: Float64Array } {
  const groups = sizes.length
  const leftOut = priorWithout === undefined ? 0 : groups
  const alias = new Alias(prior)
  const { owner, ownWords } = wordsOfOneGroup(leftOut, prior, priorWithout)
  const cells = prior.length - Array.from(prior).filter(weight => !(weight > 0)).length
  const ownsAll = ownWords.map(own => own.length === cells) // nothing is left to draw from without it
  const drawn = new Float64Array(prior.length)
  const counts = new Int32Array(prior.length)
  const words = new Int32Array(total)
  const again = new Int32Array(MULTINOMIAL_DRAWS * groups)
  const redraw = (random: Random, group: number): number => {
    let word = alias.draw(random)
    while (owner[word] === group) word = alias.draw(random)
    return word
  }
  let spread = 0 // sum over draws of sum d ln d
  const spreadWithout = new Float64Array(leftOut)
  for (let draw = 0; draw < MULTINOMIAL_DRAWS; draw++) {
    counts.fill(0)
    let at = 0
    for (let g = 0; g < groups; g++) {
      const random = sfc32(seedOf(draw, g))
      for (let i = 0; i < sizes[g]; i++) {
        const word = alias.draw(random)
        words[at++] = word
        counts[word]++
      }
    }
    let sum = 0
    for (let x = 0; x < counts.length; x++) {
      if (counts[x] === 0) continue
      sum += timesLog(counts[x])
      drawn[x] += counts[x]
    }
    spread += sum
    at = 0
    for (let g = 0; g < leftOut; g++) {
      const end = at + sizes[g]
      let without = sum
      for (let i = at; i < end; i++) without -= timesLog(counts[words[i]]) - timesLog(--counts[words[i]])
      let lost = 0
      for (const word of ownWords[g]) {
        without -= timesLog(counts[word])
        lost += counts[word]
      }
      if (ownsAll[g]) lost = 0
      const random = sfc32(seedOf(draw, g + groups))
      const redrawn: number[] = []
      for (let i = 0; i < lost; i++) {
        const word = redraw(random, g)
        redrawn.push(word)
        without += timesLog(counts[word] + 1) - timesLog(counts[word]++)
      }
      for (const word of redrawn) counts[word]--
      for (let i = at; i < end; i++) counts[words[i]]++
      again[draw * groups + g] = lost
      spreadWithout[g] += without
      at = end
    }
  }
  const logs = new Float64Array(prior.length)
  const left = new Float64Array(leftOut)
  for (let g = 0; g < leftOut; g++) {
    logarithms(priorWithout?.(g) ?? prior, logs)
    let likelihood = dot(drawn, logs)
    for (let draw = 0; draw < MULTINOMIAL_DRAWS; draw++) {
      const random = sfc32(seedOf(draw, g))
      for (let i = 0; i < sizes[g]; i++) likelihood -= logs[alias.draw(random)]
      const other = sfc32(seedOf(draw, g + groups))
      for (let i = 0; i < again[draw * groups + g]; i++) likelihood += logs[redraw(other, g)]
    }
    left[g] = ownsAll[g] ? Number.NaN : divergenceOf(spreadWithout[g], likelihood, total - sizes[g])
  }
  logarithms(prior, logs)
  return { value: divergenceOf(spread, dot(drawn, logs), total), left }
}

/** Cells that are above 0 in one group alone: which group, -1 for the others, and the cells of each group. */
function wordsOfOneGroup(
  groups: number,
  prior: ArrayLike<number>,
  priorWithout: undefined | ((group: number) => ArrayLike<number>),
): { owner: Int16Array; ownWords: readonly (readonly number[])[] } {
  const owner = new Int16Array(prior.length).fill(-1)
  const ownWords: number[][] = []
  for (let g = 0; g < groups; g++) {
    const own: number[] = []
    const without = priorWithout?.(g) ?? prior
    if (without !== prior) {
      for (let x = 0; x < prior.length; x++) {
        if (!(prior[x] > 0) || without[x] > 0) continue
        owner[x] = g
        own.push(x)
      }
    }
    ownWords.push(own)
  }
  return { owner, ownWords }
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

const TIMES_LOG = Float64Array.from({ length: 4096 }, (_, n) => (n === 0 ? 0 : n * Math.log(n)))

/** n ln n. */
function timesLog(n: number): number {
  return n < TIMES_LOG.length ? TIMES_LOG[n] : n * Math.log(n)
}
