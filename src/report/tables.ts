import { element, escape, named, formatNumber, visible, formatInteger } from './markup.js'

/** A value of a table: what is shown, and what it is sorted and saved by. */
export interface TableCell {
  /** Markup. */
  readonly html: string
  readonly value: string | number | null
}

export interface TableColumn {
  readonly head: string
  /** What the head means, in a few words. */
  readonly about?: string
  /** Columns of a group stand under one head. */
  readonly group?: string
  readonly numeric: boolean
  /** Shown only once all columns are asked for. */
  readonly more?: boolean
}

/** A value of text. */
export function textCell(text: string): TableCell {
  return { html: named(text), value: text }
}

/** A number with this many decimals; with its error, if any. */
export function numberCell(
  value: number | null | undefined,
  digits = 3,
  se: number | null = null,
): TableCell {
  const known = value ?? null
  if (known === 0) return { html: '0', value: 0 }
  const error = se === null || known === null ? '' : `<span class="se"> ± ${formatNumber(se, digits)}</span>`
  return { html: `${formatNumber(known, digits)}${error}`, value: known }
}

export function integerCell(value: number | null | undefined): TableCell {
  return { html: formatInteger(value), value: value ?? null }
}

/** A table whose columns can be sorted and which can be saved as CSV, by the page's script; without it, it is what it is. */
export function table(
  id: string,
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly { readonly anchor?: string; readonly cells: readonly TableCell[] }[],
): string {
  const groups = columns.some(({ group }) => group !== undefined) ? groupRow(columns) : ''
  const classOf = ({ numeric, more = false }: TableColumn) =>
    [...(numeric ? ['number'] : []), ...(more ? ['more'] : [])].join(' ') || undefined
  const heads = columns.map(column => {
    const { head, about, group } = column
    return element(
      'th',
      {
        scope: 'col',
        class: classOf(column),
        title: about,
        'data-head': group === undefined ? head : `${group} ${head}`,
      },
      escape(head),
    )
  })
  const body = rows.map(({ anchor, cells }) =>
    element(
      'tr',
      { 'data-model': anchor },
      ...cells.map((cell, i) => {
        const value = cell.value === null ? '' : String(cell.value)
        const values = {
          class: classOf(columns[i]),
          'data-value': visible(value),
        }
        return i === 0
          ? element('th', { ...values, scope: 'row' }, cell.html)
          : element('td', values, cell.html)
      }),
    ),
  )
  return element(
    'div',
    { class: 'table', role: 'region', tabindex: 0, 'aria-label': caption },
    element(
      'table',
      { class: 'sortable', 'data-name': id },
      element('caption', {}, escape(caption)),
      element('thead', {}, groups, element('tr', { class: 'heads' }, ...heads)),
      element('tbody', {}, ...body),
    ),
  )
}

function groupRow(columns: readonly TableColumn[]): string {
  const cells: { group: string; span: number; few: number }[] = []
  for (const { group = '', more = false } of columns) {
    const last = cells.at(-1)
    const few = more ? 0 : 1
    if (last !== undefined && last.group === group) {
      last.span++
      last.few += few
    } else cells.push({ group, span: 1, few })
  }
  return element(
    'tr',
    { class: 'groups' },
    ...cells.map(({ group, span, few }) =>
      element(
        group === '' ? 'td' : 'th',
        { colspan: span, 'data-few': few, 'data-all': span, scope: group === '' ? undefined : 'colgroup' },
        escape(group),
      ),
    ),
  )
}
