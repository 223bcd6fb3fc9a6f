/** What the files of NumPy and HDF5 hold, by the formula of their make.py. */

export type Nested = number | Nested[]

/** Item i of an array in C order. */
function itemOf(element: string, i: number): number {
  const whole = (37 * i) % 101
  if (element === 'bool') return whole % 2
  if (element.startsWith('uint')) return whole
  return element.startsWith('int') ? whole - 50 : (whole - 50) / 8
}

export function expected(shape: readonly number[], element = 'float32', from = 0): Nested {
  if (shape.length === 0) return itemOf(element, from)
  const [length, ...inner] = shape
  const size = inner.reduce((product, n) => product * n, 1)
  return Array.from({ length }, (_, i) => expected(inner, element, from + i * size))
}
