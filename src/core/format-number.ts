/** `1.126 ± 0.026`: a value for people, two digits of its error and as many places of it; null for none. */
export function withError(value: number | null, se: number | null): string | null {
  if (value === null) return null
  if (se === null || !(se > 0)) return value === 0 ? '0' : value.toPrecision(4)
  const places = Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(se))))
  return `${value.toFixed(places)} ± ${se.toFixed(places)}`
}

/** `47 %`; null for none. */
export function percent(share: number | null): string | null {
  return share === null ? null : `${Math.round(100 * share)} %`
}
