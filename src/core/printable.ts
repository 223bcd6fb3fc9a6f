import type { Row } from './table.js'

// oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/**
 * A text of anybody's, such as an id or a name, as one line that is safe on a terminal: characters that control it, end a
 * line or turn the direction of writing are written as escapes, `\x1b` or `\u202e`.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, character => {
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  })
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** Rows whose texts are `printable`, for forms that hold a row a line. */
export function printableRows(rows: readonly Row[]): Row[] {
  return rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, typeof cell === 'string' ? printable(cell) : cell]),
    ),
  )
}
