import { visible } from './markup.js'

/** A name cut to so many characters, what is cut out shown by an ellipsis. */
export function shortened(name: string, most: number): string {
  const characters = Array.from(visible(name))
  if (characters.length <= most) return characters.join('')
  const half = Math.floor((most - 1) / 2)
  return `${characters.slice(0, half).join('')}…${characters.slice(half + 1 - most).join('')}`
}
