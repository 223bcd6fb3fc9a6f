import { listed } from '../core/english.js'

interface Warned {
  readonly model: string
  readonly warnings: readonly string[]
}

const NUMBERS = /\d[\d,]*(?:\.\d+)?/g

/**
 * Warnings of models, one line per kind: those that differ in numbers alone, `1 map` and `2 maps`, are one, with the range of each number and the
 * models that it concerns.
 */
export function groupedWarnings(models: readonly Warned[]): string[] {
  const kinds = new Map<string, { model: string; text: string }[]>()
  for (const { model, warnings } of models) {
    for (const text of warnings) {
      const kind = text.replaceAll(NUMBERS, '#').replaceAll(/(?<=# (?:\w+ )?\w+)s\b/g, '')
      kinds.set(kind, [...(kinds.get(kind) ?? []), { model, text }])
    }
  }
  return [...kinds.values()].map(warned => {
    const names = [...new Set(warned.map(({ model }) => model))]
    return `${listed(names)}: ${withRanges(warned.map(({ text }) => text))}`
  })
}

function withRanges(texts: readonly string[]): string {
  const longest = texts.reduce((a, b) =>
    b.replaceAll(NUMBERS, '').length > a.replaceAll(NUMBERS, '').length ? b : a,
  )
  const numbers = texts.map(text => [...text.matchAll(NUMBERS)].map(([number]) => number))
  let at = 0
  return longest.replaceAll(NUMBERS, number => {
    const all = numbers.map(row => row[at])
    at++
    const values = all.map(number => Number(number.replaceAll(',', '')))
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return least === most ? number : `${all[values.indexOf(least)]} to ${all[values.indexOf(most)]}`
  })
}
