import type { Arrays } from './types.js'

/** Arrays of several parts as one set, each name led by its part's: `kmer/counts`. */
export function joinArrays(parts: Iterable<readonly [name: string, arrays: Arrays]>): Arrays {
  const joined: { [name: string]: Arrays[string] } = {}
  for (const [name, arrays] of parts) {
    for (const [key, array] of Object.entries(arrays)) joined[`${name}/${key}`] = array
  }
  return joined
}

/** The arrays of one part, its name taken off again. */
export function arraysOf(name: string, joined: Arrays): Arrays {
  const prefix = `${name}/`
  return Object.fromEntries(
    Object.entries(joined)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, array]) => [key.slice(prefix.length), array]),
  )
}
