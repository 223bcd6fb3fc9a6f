import { escape, element, num } from '../markup.js'
import { coloursOf, FIGURE_STYLE, type Palette, resolveStyle } from './theme.js'

/** A picture: SVG without its outermost element, in a space of its own. */
export interface Figure {
  /** A name that can be part of a file's: letters, digits and dashes. */
  readonly id: string
  readonly title: string
  /** The title where it is clear already which model it is of. */
  readonly short?: string
  /** What it shows, for those who do not see it. */
  readonly description: string
  readonly width: number
  readonly height: number
  readonly body: string
}

/** A figure as part of a page, whose style it follows. */
export function inlineSvg({ id, title, description, width, height, body }: Figure): string {
  return element(
    'svg',
    {
      viewBox: `0 0 ${num(width)} ${num(height)}`,
      width: num(width),
      height: num(height),
      role: 'group',
      'aria-label': `${title}. ${description}`,
      'data-name': id,
    },
    body,
  )
}

/** A figure as a file of its own, on white, with its style in it. */
export function standaloneSvg(figure: Figure, palette: Palette, scheme: 'light' | 'dark' = 'light'): string {
  const { title, description, width, height, body } = figure
  const colours = coloursOf(scheme, palette)
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${num(width)} ${num(height)}" width="${num(width)}" height="${num(height)}" role="img">
<title>${escape(title)}</title>
<desc>${escape(description)}</desc>
<style>${resolveStyle(FIGURE_STYLE, colours)}</style>
<rect width="${num(width)}" height="${num(height)}" fill="${colours['paper']}"/>
${body}
</svg>
`
}
