import { bracketCut, type RadiusBracket } from '../../stats/sums/radius-bracket.js'
import type { Cuts, Named, PopulationRadii } from '../statistics.js'

/** Brackets of the cut of a model's windows, and of those of further grids where there are any, as plain data. */
export type ModelCuts = readonly [model: string, own: RadiusBracket, others?: Named<RadiusBracket>]

/** Cuts as plain data: none, those of a radius axis, or brackets by model. */
export type PlainCuts = null | 'bins' | readonly ModelCuts[]

/**
 * The brackets of a model's cuts; none where it has no windows.
 *
 * @param topOf Fraction of the threshold of a grid, by its name; that of the maps' own without one.
 */
export function modelCuts(
  model: string,
  { own, others }: PopulationRadii,
  topOf: (grid?: string) => number,
): ModelCuts[] {
  const bracket = bracketCut(own, topOf())
  if (bracket === undefined) return []
  const brackets = Object.entries(others).flatMap(([name, radii]) => {
    const found = bracketCut(radii, topOf(name))
    return found === undefined ? [] : [[name, found] as const]
  })
  return brackets.length === 0 ? [[model, bracket]] : [[model, bracket, Object.fromEntries(brackets)]]
}

/** Cuts from plain data. */
export function readCuts(cuts: PlainCuts): Cuts | undefined {
  if (cuts === null) return undefined
  if (cuts === 'bins') return { kind: 'bins' }
  const others = cuts.flatMap(([model, , of]) => (of === undefined ? [] : [[model, of] as const]))
  return {
    kind: 'brackets',
    of: new Map(cuts.map(([model, own]) => [model, own])),
    others: others.length === 0 ? undefined : new Map(others),
  }
}
