import { type Figure, inlineSvg } from './figures/figure.js'
import { element, escape } from './markup.js'
import { NAMED_METRICS, type MetricName } from './models.js'

/** A figure with a caption. */
export function figureBlock(figure: Figure, caption?: string, wide = false): string {
  return element(
    'figure',
    { class: wide ? 'wide' : undefined },
    element('div', { class: 'canvas', tabindex: wide ? 0 : undefined }, inlineSvg(figure)),
    element(
      'figcaption',
      {},
      `<b>${escape(figure.short ?? figure.title)}.</b> ${escape(caption ?? figure.description)}`,
    ),
  )
}

/** Figures side by side where there is room. */
export function figures(...blocks: readonly string[]): string {
  return element('div', { class: 'figures' }, ...blocks)
}

/** The figures of both metrics that can be drawn. */
export function drawn(figureOf: (metric: MetricName) => Figure | undefined): string[] {
  return NAMED_METRICS.flatMap(([metric]) => {
    const figure = figureOf(metric)
    return figure === undefined ? [] : [figureBlock(figure)]
  })
}

/** What to do for a section that has nothing to show. */
export function hint(html: string): string {
  return element('p', { class: 'hint' }, html)
}

/** What a section is about. */
export function about(text: string): string {
  return element('p', { class: 'about' }, text)
}
