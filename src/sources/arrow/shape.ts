import type { Element } from '../columns/column.js'

/** One level of nesting: a list with offsets (64-bit ones if `wide`), or `size` items a row, seen as `shape`. */
export type Level =
  | { readonly kind: 'list'; readonly wide: boolean }
  | { readonly kind: 'fixed'; readonly size: number; readonly shape: readonly number[] }

/** How text lies in buffers: between offsets, or as 16-byte views. */
export type TextForm = 'offsets32' | 'offsets64' | 'views'

/** How the values of a column are read. */
export type Reading =
  | { readonly kind: 'numbers'; readonly element: Element; readonly levels: readonly Level[] }
  | { readonly kind: 'text'; readonly form: TextForm }
  | {
      readonly kind: 'dictionary'
      readonly id: number
      readonly index: Element
      readonly form: TextForm
    }
  | { readonly kind: 'other' }

/** What a field takes of a record batch: nodes, buffers of fixed number, and entries of variadic buffer counts. */
export interface Footprint {
  readonly nodes: number
  readonly buffers: number
  readonly views: number
}

/** A field with all its children, understood. */
export interface Shape extends Footprint {
  readonly declared: string
  readonly reading: Reading
}
