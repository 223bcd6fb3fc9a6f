import { interpolatePuOr, interpolateViridis } from 'd3-scale-chromatic'
import { publishedBoxcar, symmetricBoxcar } from '../../stats/boxcar.js'
import { label } from './axes.js'
import type { Figure } from './figure.js'
import { element, escape, num, formatNumber } from '../markup.js'
import { consensusText, type ModelView, type ReadoutView } from '../models.js'
import { rasterUri } from './raster.js'

/** Units of a cell, and room about the map. */
const CELL = 5
const LEFT = 34
const TOP = 22
/** Steps of a colour scale: more than the eye can distinguish. */
const STEPS = 60
/** Clusters that are marked on the map. */
const MARKED = 12

/** Cells of the grid by kind. */
const SHAPES = { full: { azimuths: 63, thetas: 32 }, halved: { azimuths: 31, thetas: 31 } } as const

/** The density of directions, its prior and their difference, each a figure. */
export function angularFigures(model: ModelView, readout: ReadoutView): Figure[] {
  const { azimuths, thetas } = SHAPES[model.grid]
  const density = Float64Array.from(readout.density)
  if (density.length !== azimuths * thetas) return []
  const prior =
    model.angularPrior === 'symmetric'
      ? symmetricBoxcar(density, azimuths, thetas)
      : publishedBoxcar(density, azimuths, thetas)
  const difference = density.map((share, cell) => share - prior[cell])
  const top = Math.max(...density, ...prior)
  const far = Math.max(...difference.map(Math.abs))
  // Most of the weight lies in few cells: fourth roots show the others too.
  const sequential = (share: number) => (top > 0 ? Math.sqrt(Math.sqrt(share / top)) : 0)
  const diverging = (value: number) =>
    far > 0 ? 0.5 + 0.5 * Math.sign(value) * Math.sqrt(Math.abs(value) / far) : 0.5
  const marks = clusterMarks(readout, thetas)
  return [
    panel(model, 'density', 'density of directions', density, top, sequential, interpolateViridis, marks),
    panel(model, 'prior', 'its smoothed prior', prior, top, sequential, interpolateViridis),
    panel(model, 'difference', 'density less prior', difference, far, diverging, interpolatePuOr, marks),
  ]
}

function panel(
  model: ModelView,
  what: string,
  title: string,
  values: Float64Array,
  most: number,
  place: (value: number) => number,
  colour: (place: number) => string,
  marks = '',
): Figure {
  const { azimuths, thetas } = SHAPES[model.grid]
  const width = azimuths * CELL
  const height = thetas * CELL
  // The grid is numbered azimuth by azimuth; a picture is laid out row by row, and a row is a polar angle.
  const cells = Uint8Array.from({ length: values.length }, (_, at) =>
    Math.round(place(values[(at % azimuths) * thetas + Math.floor(at / azimuths)]) * STEPS),
  )
  const palette = Array.from({ length: STEPS + 1 }, (_, i) => hex(colour(i / STEPS)))
  return {
    id: `${what}-${model.anchor}`,
    title: `${model.name}: ${title}`,
    short: title[0].toUpperCase() + title.slice(1),
    description: `${azimuths} by ${thetas} cells of azimuth and polar angle; ${
      what === 'difference'
        ? 'square roots, orange if the density is above its prior and purple if below'
        : 'colours are of fourth roots of shares, so that light cells are not the only ones to be seen'
    }.`,
    width: LEFT + width + 8,
    height: TOP + height + 64,
    body: [
      label(LEFT, 14, title, 'title'),
      element(
        'g',
        { transform: `translate(${LEFT} ${TOP})` },
        element('image', {
          width,
          height,
          class: 'cells',
          preserveAspectRatio: 'none',
          href: rasterUri(cells, azimuths, palette, 3),
        }),
        marks,
        element('rect', { width, height, class: 'frame' }),
      ),
      ...angleLabels(width, height),
      colourBar(what, width, TOP + height + 44, most, palette),
    ].join(''),
  }
}

/** The colours from end to end, with what they stand for. */
function colourBar(what: string, width: number, y: number, most: number, palette: readonly string[]): string {
  const bar = 120
  const x = LEFT + width - bar - 44
  const far = `${Number((100 * most).toPrecision(2))} %`
  return [
    element('image', {
      x: num(x),
      y,
      width: bar,
      height: 8,
      preserveAspectRatio: 'none',
      href: rasterUri(Uint8Array.from(palette.keys()), palette.length, palette, 1),
    }),
    label(x - 5, y + 8, what === 'difference' ? `−${far}` : '0', 'tick', 'end'),
    label(x + bar + 5, y + 8, far, 'tick'),
  ].join('')
}

function angleLabels(width: number, height: number): string[] {
  const bottom = TOP + height
  return [
    ...[
      ['−π', 0],
      ['0', 0.5],
      ['π', 1],
    ].map(([text, at]) => label(LEFT + Number(at) * width, bottom + 14, String(text), 'tick', 'middle')),
    label(LEFT + width / 2, bottom + 30, 'azimuth φ', 'label', 'middle'),
    ...[
      ['0', 0],
      ['π/2', 0.5],
      ['π', 1],
    ].map(([text, at]) => label(LEFT - 5, TOP + Number(at) * height + 3.5, String(text), 'tick', 'end')),
    element(
      'text',
      { class: 'label', 'text-anchor': 'middle', transform: `translate(10 ${TOP + height / 4}) rotate(-90)` },
      escape('polar θ'),
    ),
  ]
}

/** Outlines about the heaviest cells of the clusters, numbered as they are listed. */
function clusterMarks({ clusters }: ReadoutView, thetas: number): string {
  return clusters
    .slice(0, MARKED)
    .map(({ cells, share, match, ...find }, n) => {
      const [top] = cells
      const x = (Math.floor(top / thetas) + 0.5) * CELL
      const y = ((top % thetas) + 0.5) * CELL
      const motif = match === null ? '' : `\n${match.name}, r ${formatNumber(match.similarity, 2)}`
      return element(
        'g',
        {
          class: 'tipped',
          tabindex: 0,
          role: 'img',
          'aria-label': `cluster ${n + 1}: ${consensusText(find)}`,
          'data-tip': `cluster ${n + 1}: ${consensusText(find)}\n${formatNumber(100 * share, 1)} % of the KLD${motif}`,
        },
        element('circle', { class: 'halo', cx: x, cy: y, r: 6 }),
        element('circle', { class: 'mark', cx: x, cy: y, r: 6 }),
        element('text', { class: 'marked', x: num(x + 7), y: num(y - 5) }, String(n + 1)),
      )
    })
    .join('')
}

/** `rgb(1, 2, 3)` as a shorter code. */
function hex(colour: string): string {
  if (colour.startsWith('#')) return colour
  const parts = colour.match(/\d+/g) ?? []
  return `#${parts.map(part => Number(part).toString(16).padStart(2, '0')).join('')}`
}
